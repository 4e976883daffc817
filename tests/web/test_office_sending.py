"""What offices send to chosen units: the form that notices and meetings share."""

import pytest
from django.urls import reverse

from kuangan.office.models import Circular, Meeting


@pytest.mark.parametrize(
    ("page", "missing", "absent"),
    [
        ("new_circular", "请至少选择一个接收单位", "本单位不下发通知"),
        ("new_meeting", "请至少选择一个参会单位", "本单位不召集会议"),
    ],
)
def test_nothing_is_sent_to_nobody_or_by_who_sends_nothing(world, as_user, page, missing, absent):
    county = as_user("county_officer")
    assert county.get(reverse(page)).context["form"]["receivers"].field.label in missing
    assert missing in county.post(reverse(page), {"title": "雨季检查"}).content.decode()
    mine = as_user("mine_director").get(reverse(page))
    assert mine.status_code == 404
    assert absent in mine.content.decode()
    assert not Circular.objects.exists()
    assert not Meeting.objects.exists()


def test_the_sender_begins_as_ones_own_office_and_must_be_one(world, as_user):
    county = as_user("county_officer")
    form = county.get(reverse("new_meeting")).context["form"]
    assert form["organiser"].value() == world.city.units["county"].pk
    other = county.post(reverse("new_meeting"), {"organiser": world.city.units["city"].pk, "receivers": ["mines"]})
    assert "organiser" in other.context["form"].errors
    assert not Meeting.objects.exists()
