from django.urls import reverse

from kuangan.core.models import Event
from kuangan.duty.models import CheckinToken
from kuangan.duty.tokens import token_digest


def shown(page: str) -> str:
    """The key that a page shows, whole."""
    return page.split('<code class="token">')[1].split("</code>", 1)[0]


def test_the_clerk_issues_a_key_that_is_shown_once_and_kept_nowhere(world, as_user):
    clerk, unit = as_user("county_clerk"), world.city.units["county"]
    answer = clerk.post(reverse("new_checkin_key"), {"unit": unit.pk})
    token = shown(answer.content.decode())
    assert answer.headers["Cache-Control"] == "no-store"
    row = CheckinToken.objects.get(unit=unit)
    assert (row.sha256, row.created_by) == (token_digest(token), world.users["county_clerk"])
    again = clerk.get(reverse("checkin_keys")).content.decode()
    assert token not in again
    assert row.sha256[:12] in again
    assert token not in str(list(clerk.session.items()))
    assert Event.objects.filter(action="checkin_token_issued", actor=world.users["county_clerk"]).count() == 1


def test_the_operator_sees_all_keys_and_stops_them_but_issues_none(world, as_user):
    as_user("county_clerk").post(reverse("new_checkin_key"), {"unit": world.city.units["county"].pk})
    row = CheckinToken.objects.get(unit=world.city.units["county"])
    operator = as_user("operator")
    assert "签发新密钥" not in operator.get(reverse("checkin_keys")).content.decode()
    answer = operator.post(reverse("stop_checkin_key", args=[row.pk]), follow=True).content.decode()
    assert "已停用示例县应急管理局的报送密钥" in answer
    row.refresh_from_db()
    assert row.stopped_at is not None


def test_a_unit_of_others_gets_no_key(world, as_user):
    clerk = as_user("mine_clerk")
    unit = world.city.units["county"]
    page = clerk.post(reverse("new_checkin_key"), {"unit": unit.pk}, follow=True).content.decode()
    assert "请选择您任职的单位" in page
    assert not CheckinToken.objects.exists()
