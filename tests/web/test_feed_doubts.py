"""What is wrong with what a mine sends is shown to the body that supervises it, and to no other."""

from django.urls import reverse

from kuangan.core.actions import end_incident, raise_incident


def test_an_officer_sees_that_a_methane_point_is_not_watched_until_it_reads_again(world, as_user):
    key = f"{world.point.mine.code} {world.point.native_code}"
    raise_incident(kind="feed_unreadable", key=key, text="测点未受监测：测点值“超量程”不是数字。")
    raise_incident(kind="feed_unreadable", key="149999999999 某测点", text="别处的测点未受监测。")
    shown = as_user("county_officer").get(reverse("feeds")).content.decode()
    assert "测点数据无法识别" in shown
    assert "测点未受监测：测点值“超量程”不是数字。" in shown
    assert "别处的测点" not in shown
    end_incident(kind="feed_unreadable", key=key)
    assert "测点数据无法识别" not in as_user("county_officer").get(reverse("feeds")).content.decode()
