"""操作记录 in words: no key of a table, no action twice in the choice, times to the second."""

import pytest
from django.urls import reverse

from kuangan.core.actions import appoint, create_post
from kuangan.core.models import Event
from kuangan.web.admin.trail_words import SUBJECT_WORDS
from tests.city import START


@pytest.fixture
def auditor(world, as_user):
    post = create_post(actor=None, unit=world.city.units["city"], title="审计管理员", role="audit_admin", at=START)
    appoint(actor=None, post=post, person=world.users["city_clerk"].person, at=START)
    return as_user("city_clerk")


def test_what_the_records_are_about_is_said_in_words(world, auditor):
    assert set(Event.objects.values_list("subject_kind", flat=True)) <= SUBJECT_WORDS.keys()
    page = auditor.get(reverse("trail"), {"action": "设立岗位", "from_on": START.date().isoformat()}).content.decode()
    assert "岗位 " in page
    assert "core.post" not in page


def test_actions_of_one_word_are_one_choice_that_finds_them_all(world, auditor):
    page = auditor.get(reverse("trail"), {"action": "任命", "from_on": START.date().isoformat()})
    assert page.content.decode().count(">任命</option>") == 1
    actions = {"appointed", "posts_filled"}
    assert page.context["table"].list.total == Event.objects.filter(action__in=actions).count() > 0
