"""Reports whose figures are computed, frozen when sent, and honest about zero."""

from datetime import timedelta

from django.urls import reverse

from kuangan.base import clock
from kuangan.core.queries import notices_waiting
from kuangan.office.models import Brief


def figure(brief, key):
    return next(one["value"] for one in brief.content["figures"] if one["key"] == key)


def test_a_daily_report_counts_the_days_cases_and_stays_as_it_was(world, as_user):
    county = as_user("county_duty")
    today = clock.civil_date(clock.now()).isoformat()
    page = reverse("new_brief", args=["daily", today])
    shown = county.get(page).content.decode()
    assert f"/cases/?procedure=alarm_handling&amp;since={today}&amp;until={today}" in shown
    county.post(page, {"to": world.city.units["city"].pk, "remarks": "夜间平稳"})
    brief = Brief.objects.get()
    assert figure(brief, "alarms") == 1
    assert brief.content["overlimits"][0]["mine"] == "云岭一号煤矿"
    assert any("日报" in one.title for one in notices_waiting(world.users["city_duty"]))
    world.script.alarm(point="second-1301-T2", peak="1.08")
    assert figure(Brief.objects.get(), "alarms") == 1
    again = county.post(page, {"to": world.city.units["city"].pk}, follow=True).content.decode()
    assert "已报送" in again
    assert Brief.objects.count() == 1
    assert "夜间平稳" in as_user("city_duty").get(reverse("brief", args=[brief.pk])).content.decode()


def test_a_zero_report_is_refused_where_something_happened_and_says_zero_elsewhere(world, as_user):
    today = clock.civil_date(clock.now())
    mine = as_user("mine_dispatcher")
    page = reverse("new_brief", args=["zero", today.isoformat()])
    assert "不能按零报告报送" in mine.get(page).content.decode()
    mine.post(page, {"to": world.city.units["county"].pk})
    assert not Brief.objects.exists()
    other = as_user("other_mine_dispatcher")
    other.post(page, {"to": world.city.units["other_bureau"].pk})
    brief = Brief.objects.get()
    seen = as_user("city_duty").get(reverse("brief", args=[brief.pk])).content.decode()
    assert "特此零报告" in seen
    assert "本期监测超限 0 次" in seen
    assert all(one["value"] == 0 for one in brief.content["figures"] if one["none"])


def test_who_has_not_reported_is_named(world, as_user):
    county = as_user("county_duty")
    listed = county.get(reverse("briefs")).content.decode()
    assert "今日未报零报告" in listed
    assert "云岭二号煤矿" in listed


def test_other_periods_and_keys(world, as_user):
    county = as_user("county_duty")
    assert county.get(reverse("new_brief", args=["weekly", "2026-W11"])).status_code == 200
    assert county.get(reverse("new_brief", args=["monthly", "2026-03"])).status_code == 200
    for kind, period in (("weekly", "2026-03"), ("monthly", "nonsense"), ("yearly", "2026"), ("daily", "2026-02-31")):
        assert county.get(reverse("new_brief", args=[kind, period])).status_code == 404
    tomorrow = clock.civil_date(clock.now() + timedelta(days=1)).isoformat()
    data = {"to": world.city.units["city"].pk}
    assert "尚未开始" in county.post(reverse("new_brief", args=["daily", tomorrow]), data).content.decode()
