"""待明确事项 and the answers: listed for everybody, filtered, signed by the second person on a page with a one-time code."""

import pytest
from django.test import Client
from django.urls import reverse

from kuangan.core.models import LocalAnswer
from kuangan.core.queries.local_answers import keep_up
from tests import answers
from tests.signing import shown


@pytest.fixture
def proposed(world):
    """An answer that waits for the city's second person."""
    with answers.forgotten():
        yield LocalAnswer.objects.get(pk=answers.answer_of(world.city))


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


def test_the_second_person_signs_on_the_page_and_everybody_sees_the_answer(world, as_user, proposed):
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
    assert "待签署" not in client.get(reverse("local_answers")).content.decode()
    assert client.get(reverse("local_answer_file", args=[proposed.pk])).status_code == 200


def test_nobody_else_signs_and_no_county_sees_what_it_changes(world, as_user, proposed):
    address = reverse("local_answer", args=[proposed.pk])
    assert as_user("county_head").get(address).status_code == 404
    other = as_user("city_officer")
    assert "复核签署" not in other.get(address).content.decode()
    other.post(reverse("sign_local_answer", args=[proposed.pk]), {"seen": "", "code": "000000"})
    proposed.refresh_from_db()
    assert proposed.waits
