"""待明确事项 and the answers: listed for everybody, filtered, signed by two persons on a page with a one-time code."""

import pytest
from django.test import Client
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.models import LocalAnswer, Notice
from kuangan.core.queries.local_answers import SECONDS, keep_up
from kuangan.flow.answers.effect import LawChange, effect_of
from kuangan.law.answers.file import parse_answer
from kuangan.law.local import Answers, local
from kuangan.web.law.answers import sign_local_answer
from tests import answers
from tests.city import START
from tests.signing import bind, shown


@pytest.fixture
def proposed(world):
    """An answer that waits for the city's head."""
    with answers.forgotten():
        answer = LocalAnswer.objects.get(pk=answers.answer_of(world.city))
        world.users[answers.HEAD] = world.city[answers.HEAD]
        bind(world.users[answers.HEAD])
        yield answer


@pytest.fixture
def decided(world, proposed):
    """The same, signed by the head."""
    return answers.decide(world.city, proposed.name)


def test_the_list_says_what_is_used_what_rests_on_it_and_whom_to_ask(world, as_user):
    page = as_user("mine_director").get(reverse("open_questions"), {"q": "week_rule.mode"}).content.decode()
    for words in ("任意连续168小时，还是自然周", "任意连续时段", "规则1", "未答复"):
        assert words in page
    assert (
        "“一周内”的算法"
        not in as_user("mine_director").get(reverse("open_questions"), {"kind": "instruments"}).content.decode()
    )


def test_the_page_is_paged_and_the_sheet_has_every_question(world, as_user):
    client = as_user("county_officer")
    listed = client.get(reverse("open_questions")).context["table"]
    assert (len(listed.rows), listed.list.total > 300) == (50, True)
    assert client.get(reverse("open_questions"), {"export": "xlsx"}).status_code == 200


def test_the_second_person_signs_on_the_page_and_everybody_sees_the_answer(world, as_user, decided):
    proposed = decided
    address = reverse("local_answer", args=[proposed.pk])
    client = as_user(answers.SECOND)
    page = client.get(address).content.decode()
    assert "复核签署" in page
    assert "week_rule" not in Client().get(reverse("public_questions"), {"answered": "yes"}).content.decode()
    refused = client.post(
        reverse("sign_local_answer", args=[proposed.pk]), {**shown(client, address), "code": "000000"}
    )
    assert refused.status_code == 302
    proposed.refresh_from_db()
    assert proposed.waits
    client.post(reverse("sign_local_answer", args=[proposed.pk]), shown(client, address))
    proposed.refresh_from_db()
    assert proposed.holds
    assert keep_up()
    public = Client().get(reverse("public_questions"), {"answered": "yes"}).content.decode()
    for words in ("示应急〔2026〕12号", "自然周", "局长办公会"):
        assert words in public
    assert "待复核人签署" not in client.get(reverse("local_answers")).content.decode()
    assert client.get(reverse("local_answer_file", args=[proposed.pk])).status_code == 200


def test_the_head_signs_first_that_he_decided_and_the_second_is_told_to_wait(world, as_user, proposed):
    address = reverse("local_answer", args=[proposed.pk])
    waiting = as_user(answers.SECOND).get(address).content.decode()
    assert "尚待丙九签署决定" in waiting
    assert "签署生效" not in waiting
    client = as_user(answers.HEAD)
    assert "待决定人签署" in client.get(reverse("local_answers")).content.decode()
    client.post(reverse("sign_local_answer", args=[proposed.pk]), shown(client, address))
    proposed.refresh_from_db()
    assert (proposed.headed_at is None, proposed.waits) == (False, True)
    page = client.get(address).content.decode()
    assert "待复核人签署" in page
    assert "该答复由" in page
    assert "签署生效" in as_user(answers.SECOND).get(address).content.decode()


def test_the_second_person_does_not_agree_and_the_head_learns_why(world, as_user, proposed):
    address, refuse = (reverse(name, args=[proposed.pk]) for name in ("local_answer", "refuse_local_answer"))
    second = as_user(answers.SECOND)
    assert "不同意" not in second.get(address).content.decode()
    assert "尚待丙九签署决定" in second.post(refuse, {"reason": "依据不足"}).content.decode()
    answers.decide(world.city, proposed.name)
    assert refuse in second.get(address).content.decode()
    assert refuse not in as_user(answers.HEAD).get(address).content.decode()
    for reason, words in (("  ", "请填写不同意的理由"), ("长" * 301, "不超过300字")):
        page = second.post(refuse, {"reason": reason}).content.decode()
        assert words in page
        assert reason.strip() in page
    as_user(answers.HEAD).post(refuse, {"reason": "改主意"})
    proposed.refresh_from_db()
    assert proposed.waits
    second.post(refuse, {"reason": "“一周”应为任意连续168小时"})
    proposed.refresh_from_db()
    assert (proposed.waits, proposed.holds, keep_up()) == (False, False, False)
    told = Notice.objects.get(kind="local_answer_refused", person=world.users[answers.HEAD].person)
    assert "“一周”应为任意连续168小时" in told.body
    assert not Notice.objects.filter(kind="local_answer", ended_at=None).exists()
    page = as_user(answers.HEAD).get(address).content.decode()
    for words in ("复核人不同意，未生效", "“一周”应为任意连续168小时"):
        assert words in page
    assert "已签署、已被新的文件替代或者复核人不同意" in second.post(refuse, {"reason": "再次"}).content.decode()


TWO = """
answer: {document: 示应急〔2026〕12号, decided_on: 2026-03-01, decided_by: 局长办公会, file: 决定.txt}
values:
  - key: week_rule.mode
    values:
      - {valid_from: 2026-03-01, valid_to: 2030-01-01, value: calendar, cite: register 10.4}
      - {valid_from: 2030-01-01, value: rolling, cite: register 10.4}
"""


def test_every_value_its_end_what_it_cites_and_the_whole_text_lie_before_who_signs(world, as_user, proposed):
    file = parse_answer(TWO, "week")
    effect = effect_of(LawChange(Answers(), Answers(file.values, file.digest)), clock.now())
    LocalAnswer.objects.filter(pk=proposed.pk).update(text=TWO, effect=effect)
    page = as_user(answers.HEAD).get(reverse("local_answer", args=[proposed.pk])).content.decode()
    for words in (
        "calendar（自 2026-03-01 起，至 2029-12-31 止，依据",
        "rolling（自 2030-01-01 起，依据",
        "valid_to: 2030-01-01, value: calendar, cite: register 10.4}",
    ):
        assert words in page


def test_what_is_used_now_is_the_value_of_today_and_not_one_of_a_day_to_come(world, as_user, proposed):
    text = TWO.replace("2026-03-01, valid_to: 2030-01-01", "2029-01-01, valid_to: 2030-01-01")
    assert "2029-01-01" in text
    LocalAnswer.objects.filter(pk=proposed.pk).update(text=text, confirmed_at=clock.now())
    keep_up()
    page = as_user("county_officer").get(reverse("open_questions"), {"q": "week_rule.mode"}).content.decode()
    assert "任意连续时段" in page
    assert "2024-01-01" in page
    assert "自然周</" not in page


def test_whoever_may_be_the_second_person_opens_the_page_on_which_he_signs():
    assert sign_local_answer.door.roles >= SECONDS


def test_an_answer_that_was_signed_by_an_earlier_key_holds_and_is_listed(proposed):
    text = proposed.text.replace("week_rule.mode", "suspension.court").replace("calendar", "示例铁路运输法院")
    dated = {"suspension.court": [["2026-03-01", "示例铁路运输法院"]]}
    LocalAnswer.objects.filter(pk=proposed.pk).update(text=text, values=dated, confirmed_at=START)
    assert keep_up()
    assert local("remedy.court", START.date()).value == "示例铁路运输法院"
    assert "示例铁路运输法院" in Client().get(reverse("public_questions"), {"answered": "yes"}).content.decode()


def test_nobody_else_signs_and_no_county_sees_what_it_changes(world, as_user, decided):
    proposed = decided
    address = reverse("local_answer", args=[proposed.pk])
    assert as_user("county_head").get(address).status_code == 404
    other = as_user("city_officer")
    assert "复核签署" not in other.get(address).content.decode()
    other.post(reverse("sign_local_answer", args=[proposed.pk]), {"seen": "", "code": "000000"})
    proposed.refresh_from_db()
    assert proposed.waits
