"""What one code confirms, how often one may guess, and who is told."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pyotp
import pytest
from django.db import connection, transaction

import kuangan
from kuangan.core import actions, queries
from kuangan.core.access import signin
from kuangan.core.access.signin import LoginOutcome
from kuangan.core.errors import Refused
from kuangan.core.models import Delivery, Notice, User
from kuangan.core.signing import Act, Verb, mark_of, read_mark, spend
from kuangan.core.source import source_address
from tests.db.core.world import PASSWORD, World, build
from tests.signing import SECRET, bind

AT = datetime(2026, 3, 2, 1, 0, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
ORDER = Act(Verb.step, "case:1", "签发停产整顿决定", {"mine": "甲一煤矿"})
OTHER = Act(Verb.step, "case:2", "签发停产整顿决定", {"mine": "乙一煤矿"})


@pytest.fixture
def head(world: World) -> User:
    bind(world.head)
    return world.head


def code(at: datetime = AT) -> str:
    return pyotp.TOTP(SECRET).at(at)


def sign(user: User, given: str, at: datetime = AT, acts: tuple[Act, ...] = (ORDER,)) -> None:
    """Confirm the acts and take each of them."""
    with actions.confirmed(user=user, code=given, acts=acts, seen_at=at, at=at) as confirmation:
        for act in acts:
            spend(confirmation, user, act.verb, act.subject, act.words, act.content)


def refusal(user: User, given: str, at: datetime = AT) -> str:
    with pytest.raises(Refused) as refused:
        sign(user, given, at)
    return refused.value.message


def tries(user: User) -> list[str]:
    seen = (event.action for event in queries.events_of(user))
    return [action for action in seen if action.startswith("sign")]


def test_five_wrong_codes_lock_signing_until_the_very_end_of_the_quarter_hour_and_never_the_log_in(head: User):
    words = [refusal(head, "000000") for _ in range(5)]
    assert "还可再试1次" in words[3]
    assert "暂停至09:15:00" in words[4]
    assert "暂停" in refusal(head, code())
    assert tries(head) == ["signing_failed"] * 4 + ["signing_locked", "signing_refused"]
    assert signin.authenticate(head.username, PASSWORD, code(), AT).outcome is LoginOutcome.accepted
    end = AT + timedelta(minutes=15)
    assert "暂停" in refusal(head, code(end), end - INSTANT)
    sign(head, code(end), end)


def test_the_owner_is_told_of_the_first_wrong_code_of_the_lock_and_of_what_was_signed(head: User):
    token = source_address.set("10.1.2.3")
    for _ in range(5):
        refusal(head, "000000")
    later = AT + timedelta(minutes=15)
    sign(head, code(later), later, (ORDER, OTHER))
    source_address.reset(token)
    told = list(Notice.objects.filter(person=head.person).order_by("pk"))
    assert [notice.kind for notice in told] == ["signing_failed", "signing_locked", "signed"]
    assert all("10.1.2.3" in notice.body for notice in told)
    assert told[2].title == "已以您的名义签署：签发停产整顿决定等2项"
    assert [notice.ended_at is None for notice in told] == [False, True, False]
    sent = Delivery.objects.filter(notice__in=told, channel="sms").exclude(status="dropped")
    assert set(sent.values_list("notice__kind", flat=True)) == {"signing_locked", "signed"}
    assert {event.source for event in queries.events_of(head) if event.action.startswith("sign")} == {"10.1.2.3"}
    assert queries.events_of(head).filter(action="signed").get().data["acts"][1]["digest"] == OTHER.digest


def test_a_right_code_forgets_the_failures_before_it(head: User):
    for _ in range(4):
        refusal(head, "000000")
    sign(head, code())
    assert "还可再试4次" in refusal(head, "000000", AT + timedelta(minutes=1))


def test_without_a_bound_code_or_an_entered_one_nothing_is_signed_and_nothing_counted(world: World):
    assert "尚未绑定" in refusal(world.head, "000000")
    bind(world.head)
    assert refusal(world.head, "  ") == "请输入动态口令"
    assert tries(world.head) == []


def test_an_account_just_reset_signs_from_its_moment_on(head: User):
    User.objects.filter(pk=head.pk).update(signs_from=AT)
    assert "刚经重置" in refusal(head, code(AT - INSTANT), AT - INSTANT)
    sign(head, code())


def test_a_code_signs_once_and_not_after_it_opened_a_session(head: User):
    sign(head, code())
    assert "已使用" in refusal(head, code())
    later = AT + timedelta(minutes=1)
    assert signin.authenticate(head.username, PASSWORD, code(later), later).outcome is LoginOutcome.accepted
    assert "已使用" in refusal(head, code(later), later)


def test_a_step_that_fails_gives_its_code_back(head: User):
    with (
        pytest.raises(ZeroDivisionError),
        actions.confirmed(user=head, code=code(), acts=[ORDER], seen_at=AT, at=AT),
    ):
        raise ZeroDivisionError
    assert tries(head) == []
    sign(head, code())


def test_a_confirmation_covers_its_own_list_once_for_its_own_person_and_only_while_it_runs(world: World, head: User):
    changed = ORDER.content | {"mine": "丙"}
    with actions.confirmed(user=head, code=code(), acts=[ORDER], seen_at=AT, at=AT) as confirmation:
        for actor, act, content in (
            (head, OTHER, OTHER.content),
            (world.deputy, ORDER, ORDER.content),
            (None, ORDER, ORDER.content),
            (head, ORDER, changed),
        ):
            with pytest.raises(Refused, match="动态口令签署"):
                spend(confirmation, actor, act.verb, act.subject, "签发", content)
        spend(confirmation, head, ORDER.verb, ORDER.subject, "签发", ORDER.content)
        with pytest.raises(Refused):
            spend(confirmation, head, ORDER.verb, ORDER.subject, "签发", ORDER.content)
    later = AT + timedelta(minutes=1)
    with actions.confirmed(user=head, code=code(later), acts=[ORDER], seen_at=AT, at=later) as kept:
        pass
    with pytest.raises(Refused):
        spend(kept, head, ORDER.verb, ORDER.subject, "签发", ORDER.content)


def test_a_wrong_code_is_counted_whatever_happens_so_it_is_judged_in_no_other_transaction(head: User):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        sign(head, code())


def test_a_mark_is_its_readers_own_and_of_what_he_saw(world: World, head: User):
    mark = mark_of(head, [ORDER], AT)
    assert read_mark(head, mark).at == AT
    read_mark(head, mark).require([ORDER])
    with pytest.raises(Refused, match="不一致"):
        read_mark(head, mark).require([ORDER, OTHER])
    for user, given in ((world.deputy, mark), (head, mark + "x"), (head, "")):
        with pytest.raises(Refused, match="核对"):
            read_mark(user, given)


def test_a_mark_is_too_old_after_half_an_hour(head: User, monkeypatch):
    mark = mark_of(head, [ORDER], AT)
    later = datetime.now(tz=UTC).timestamp() + 30 * 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later + 2)
    with pytest.raises(Refused, match="超过30分钟"):
        read_mark(head, mark)


def test_twenty_guesses_at_once_are_judged_one_by_one(committed_db):
    head = build().head
    bind(head)
    together = Barrier(20)

    def guess(_: int) -> None:
        together.wait()
        try:
            refusal(User.objects.get(pk=head.pk), "000000")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(guess, range(20)))
    assert sorted(tries(head)) == ["signing_failed"] * 4 + ["signing_locked"] + ["signing_refused"] * 15


def test_a_confirmation_is_made_in_one_place_only():
    made = [
        path.name
        for path in Path(kuangan.__file__).parent.rglob("*.py")
        if re.search(r"[^:\w]Confirmation\(", path.read_text("utf-8"))
    ]
    assert made == ["signing.py"]
