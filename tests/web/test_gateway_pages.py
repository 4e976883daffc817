"""消息通道 and who was reached, as people see them; gateways are real servers on this machine."""

import pytest
from django.conf import settings as site_settings
from django.urls import reverse

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.models import Gateway, QuietHours
from kuangan.core.notify import deliver_due
from kuangan.law.role import Role
from tests.servers import Service, answers, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    with running(Service()) as server:
        server.behaves[""] = [answers({"code": 0, "id": "S-1"})]
        yield server


def typed(service, **more):
    given = {
        "name": "移动短信",
        "channel": "sms",
        "rank": "1",
        "site": "https://kuangan.example/",
        "enabled": "on",
        "s-url": f"{service.url}/send",
        "s-account": "",
        "s-template": "",
        "s-token": "very-secret",
    }
    return given | more


def test_the_address_in_messages_is_that_of_the_page():
    assert site_settings.KUANGAN_NOTICE_PAGE.format(7) == reverse("notice", args=[7])


def test_a_gateway_is_set_up_tested_and_never_shows_its_secret(world, as_user, service):
    operator = as_user("operator")
    page = operator.get(reverse("gateways")).content.decode()
    assert "尚未设置消息通道" in page
    answer = operator.post(reverse("new_gateway", args=["json_gateway"]), typed(service))
    made = Gateway.objects.get()
    assert answer.headers["Location"] == reverse("gateway", args=[made.pk])
    assert made.settings == {"url": f"{service.url}/send", "site": "https://kuangan.example"}
    page = operator.get(reverse("gateway", args=[made.pk])).content.decode()
    assert "very-secret" not in page
    assert "已保存，不显示" in page
    changed = operator.post(reverse("gateway", args=[made.pk]), typed(service, name="联通短信", **{"s-token": ""}))
    assert changed.status_code == 302
    operator.post(reverse("test_gateway", args=[made.pk]), {"to": "13900000009"})
    deliver_due(clock.now(), patience_s=5)
    [asked] = [asked for asked in service.seen if "测试消息" in asked.json["content"]]
    assert asked.headers["Authorization"] == "Bearer very-secret"
    assert "第1号" in asked.json["content"]
    page = operator.get(reverse("gateway", args=[made.pk])).content.decode()
    assert "网关已受理" in page
    assert "联通短信" in operator.get(reverse("gateways")).content.decode()


def test_a_refusal_of_the_gateway_stands_beside_the_test(world, as_user, service):
    service.behaves[""] = [answers({"code": 7, "message": "<b>签名未报备</b>"})]
    operator = as_user("operator")
    operator.post(reverse("new_gateway", args=["json_gateway"]), typed(service))
    made = Gateway.objects.get()
    operator.post(reverse("test_gateway", args=[made.pk]), {"to": "13900000009"})
    deliver_due(clock.now(), patience_s=5)
    page = operator.get(reverse("gateway", args=[made.pk])).content.decode()
    assert "发送失败" in page
    assert "&lt;b&gt;签名未报备" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "请填写“名称”"),
        ({"s-token": ""}, "请填写“访问令牌”"),
        ({"site": "javascript:alert(1)"}, "https://"),
        ({"channel": "email"}, "选择"),
        ({"rank": "0"}, "1"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_made(world, as_user, service, wrong, words):
    answer = as_user("operator").post(reverse("new_gateway", args=["json_gateway"]), typed(service, **wrong))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Gateway.objects.exists()


def test_a_robot_needs_the_unit_of_its_group(world, as_user, service):
    given = {"name": "群", "channel": "group", "rank": "1", "unit": "", "enabled": "on", "s-host": "", "s-key": "k"}
    answer = as_user("operator").post(reverse("new_gateway", args=["wecom_robot"]), given)
    assert "请选择工作群所属单位" in answer.content.decode()


def test_two_gateways_have_two_names(world, as_user, service):
    operator = as_user("operator")
    operator.post(reverse("new_gateway", args=["json_gateway"]), typed(service))
    answer = operator.post(reverse("new_gateway", args=["json_gateway"]), typed(service))
    assert "已有名称为“移动短信”" in answer.content.decode()
    assert as_user("operator").get(reverse("new_gateway", args=["no_such_kind"])).status_code == 404


def test_who_was_reached_stands_on_the_page_of_the_notice_and_who_was_not_in_the_list(world, as_user, service):
    service.behaves[""] = [answers({"code": 7, "message": "空号"})]
    as_user("operator").post(reverse("new_gateway", args=["json_gateway"]), typed(service))
    mine = world.city.mine
    notice = actions.send_notice(
        actor=None,
        unit=mine.unit,
        role=Role.mine_dispatcher,
        title="瓦斯超限请撤人",
        body="",
        kind="alarm",
        level="orange",
        channels=("screen", "sms"),
    )
    deliver_due(clock.now(), patience_s=5)
    for name in ("county_duty", "mine_dispatcher"):
        page = as_user(name).get(reverse("notice", args=[notice.pk])).content.decode()
        assert "空号" in page
        assert "发送失败" in page
        page = as_user(name).get(reverse("unreached")).content.decode()
        assert "瓦斯超限请撤人" in page
    dispatcher = as_user("mine_dispatcher")
    assert "签收并查看" in dispatcher.get(reverse("notice", args=[notice.pk])).content.decode()
    dispatcher.post(reverse("sign_notice", args=[notice.pk]), follow=True)
    assert "瓦斯超限请撤人" not in dispatcher.get(reverse("unreached")).content.decode()


def test_a_person_says_where_and_when_he_is_reached(world, as_user):
    client = as_user("county_duty")
    assert client.post(reverse("reaching"), {"email": "a@b.example", "app": ""}).status_code == 302
    assert "a@b.example" in client.get(reverse("reaching")).content.decode()
    client.post(reverse("reaching"), {"begins": "22:00", "ends": "07:00"})
    assert 'value="22:00"' in client.get(reverse("reaching")).content.decode()
    half = client.post(reverse("reaching"), {"begins": "22:00", "ends": ""})
    assert "都填写" in half.content.decode()
    client.post(reverse("reaching"), {"begins": "", "ends": ""})
    assert not QuietHours.objects.exists()


def test_quiet_hours_of_a_role(world, as_user):
    operator = as_user("operator")
    operator.post(reverse("quiet_roles"), {"role": "clerk", "begins": "21:30", "ends": "07:00"})
    page = operator.get(reverse("quiet_roles")).content.decode()
    assert "21:30—07:00" in page
