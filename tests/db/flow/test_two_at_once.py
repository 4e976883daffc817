"""Two people at the same moment at one draw, one duty, one register, one receipt, the last free key: one wins, the other hears why."""

import threading
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, transaction

from kuangan.core.actions import issue_api_token, save_attachment, send_notice, sign_for_notice
from kuangan.core.actions.access.api_tokens import MOST as MOST_KEYS
from kuangan.core.models import ApiToken, Event, Notice
from kuangan.core.trail.verify import verify_trail
from kuangan.draw.models import Draw
from kuangan.draw.queries import PoolChoice, mine_pool, officer_pool
from kuangan.duty.models import Duty, Fulfilment, OpeningTally, Source
from kuangan.duty.proof.tallying import tally_settled
from kuangan.flow.credit.answering import give
from kuangan.flow.credit.entries import record_entry
from kuangan.flow.credit.imports import import_rows
from kuangan.flow.upkeep import tallies
from kuangan.law.clause import clauses
from kuangan.ledger.actions import confirm_import, preview_import
from kuangan.ledger.models import Entry, Import
from kuangan.overview.board.board import board
from tests.db.board import conftest as boards
from tests.db.flow.conftest import MORNING as AT
from tests.db.flow.test_double_press import follow
from tests.drawing import cancel_draw, prepare_draw, publish_draw, witness_draw
from tests.presses import at_once, refusals
from tests.web.ledger_world import LEDGER, PATROL, filled


def published(city, username: str) -> Draw:
    unit = city.units["county"]
    return publish_draw(
        actor=city[username],
        unit=unit,
        title="三月随机抽查",
        purpose="瓦斯治理",
        mines=mine_pool(unit, PoolChoice(), AT),
        officers=officer_pool(unit, AT),
        recusals={},
        wanted={"mines": 1, "officers": 1},
        repeat_reason="上级专项部署",
        at=AT,
    )


def test_a_draw_is_published_made_or_cancelled_by_one_of_those_who_press_at_once(committed_city):
    city = committed_city
    results = at_once(*(partial(published, city, name) for name in ("county_section", "county_head")))
    assert len(refusals(results)) == 1
    draw = Draw.objects.get()
    publisher, other = draw.published_by, city["county_deputy"]
    prepare_draw(actor=other, draw=draw, public_on=AT.date(), at=AT)
    results = at_once(
        *(
            partial(witness_draw, actor=city[name], draw=Draw.objects.get(), witness_text=f"{name}见证", at=AT)
            for name in ("city_officer", "inspectorate_officer")
        ),
        partial(cancel_draw, actor=publisher, draw=Draw.objects.get(), reason="名单有误", at=AT),
    )
    assert len(refusals(results)) == 2
    draw.refresh_from_db()
    assert (draw.result is None) == (draw.cancelled_at is not None)
    ends = Event.objects.filter(action__in=("draw_made", "draw_cancelled"))
    assert ends.count() == 1
    assert Notice.objects.filter(kind="draw").count() == (0 if draw.result is None else 1)
    assert verify_trail().broken is None


def test_one_file_given_twice_at_once_for_one_duty_counts_once(committed_city):
    city = committed_city
    for duty in at_once(*[partial(follow, city, 1)] * 2):
        assert isinstance(duty, Duty)
    duty = Duty.objects.get()
    file = save_attachment(actor=city["county_section"], name="办理结果.txt", content="已办结".encode(), at=AT)
    presses = [
        partial(
            give, actor=city[name], duty=Duty.objects.get(), note="已办结", at=AT, done_at=AT, attachments=[file],
            source=Source.file, key=name,
        )
        for name in ("county_section", "county_head")
    ]  # fmt: skip
    results = at_once(*presses)
    assert ["同一文件不重复计入" in words for words in refusals(results)] == [True]
    assert Fulfilment.objects.filter(duty=duty).count() == 1
    assert verify_trail().broken is None


def sheet_of(city, username: str) -> Import:
    """A patrol of one shift in a sheet, looked at and confirmed."""
    row = ["2026-03-09", "云岭一号煤矿", "乙八", "早班", "否", "1302工作面"]
    made = preview_import(
        actor=city[username],
        ledger_id=LEDGER,
        unit=city.units["county"],
        name="巡查.xlsx",
        content=filled([row], SimpleNamespace(city=city)),
        at=AT,
    )
    return confirm_import(actor=city[username], imported=made, at=AT)


def test_two_sheets_and_one_form_with_the_same_key_at_once_make_one_entry(committed_city):
    city = committed_city
    officer, unit = city["county_officer"], city.units["county"]
    sheets = [sheet_of(city, name) for name in ("county_section", "county_officer")]
    by_hand = partial(record_entry, actor=officer, ledger_id=LEDGER, unit=unit, values=PATROL, at=AT)
    results = at_once(*(partial(import_rows, sheet, AT) for sheet in sheets), by_hand)
    assert Entry.objects.filter(ledger=LEDGER).count() == 1
    returned = list(Import.objects.filter(state="previewed"))
    assert len(returned) + len(refusals(results)) == 2
    assert all("重复" in sheet.refused[0]["reason"] for sheet in returned)
    assert all("重复" in words for words in refusals(results))
    assert verify_trail().broken is None


def test_one_sheet_confirmed_and_written_twice_at_once_makes_its_entries_once(committed_city):
    city = committed_city
    sheet = sheet_of(city, "county_section")
    results = at_once(*(partial(import_rows, Import.objects.get(pk=sheet.pk), AT) for _ in range(2)))
    assert Entry.objects.filter(ledger=LEDGER).count() == 1
    assert Import.objects.get().state == "imported"
    assert len(refusals(results)) == 1
    assert verify_trail().broken is None


def test_a_notice_is_signed_for_by_one_of_two_at_once(committed_city):
    city = committed_city
    notice = send_notice(actor=None, unit=city.units["mine"], title="雨季检查", body="请自查", kind="office", at=AT)
    who = [city[name] for name in ("mine_director", "mine_engineer")]
    results = at_once(
        *(partial(sign_for_notice, actor=user, notice=Notice.objects.get(pk=notice.pk), at=AT) for user in who)
    )
    notice.refresh_from_db()
    assert notice.received_by in who
    assert refusals(results) == [f"“雨季检查”已由{notice.received_by.display_name}签收，无需重复签收。"]
    assert Event.objects.filter(action="notice_received").count() == 1


def test_the_last_free_key_is_issued_once_to_who_asks_twice_at_once(committed_city):
    user = committed_city["county_section"]
    for number in range(MOST_KEYS - 1):
        issue_api_token(actor=user, name=f"统计{number}", at=AT)
    results = at_once(*(partial(issue_api_token, actor=user, name=f"同时{number}", at=AT) for number in range(2)))
    assert ApiToken.objects.filter(user=user).count() == MOST_KEYS
    assert ["请先停用" in words for words in refusals(results)] == [True]


def test_a_writer_goes_before_and_what_he_wrote_is_in_the_tally(committed_city):
    county, held, go_on = committed_city.units["county"], threading.Event(), threading.Event()
    duty = boards.owe(county, "1.1")

    def write() -> None:
        with transaction.atomic():
            Duty.objects.filter(pk=duty.pk).update(**boards.done(boards.AT - timedelta(days=20)))
            held.set()
            go_on.wait(20)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    held.wait(20)
    with pytest.raises(OperationalError):
        tally_settled(boards.AT)
    tallies._tallied_on = None
    assert tallies.tally_daily(boards.AT) == 0
    go_on.set()
    writer.join(20)
    assert [tallies.tally_daily(boards.AT), tallies.tally_daily(boards.AT), tallies.tally_daily(boards.AT)] == [1, 0, 0]
    assert OpeningTally.objects.get().status == "met"
    assert board([county], boards.MARCH, boards.AT).clause(clauses()["1.1e"], county).counts.met == 1
