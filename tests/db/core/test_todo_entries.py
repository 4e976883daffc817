"""To-do entries in work apps: made beside the text message with a way back, closed when the work here is done, tried again."""

from datetime import timedelta

import pytest

from kuangan.core import actions
from kuangan.core.actions.sending.gateways import set_up_gateway
from kuangan.core.models import Delivery, Notice
from kuangan.core.notify import ask_receipts, deliver_due, settle
from kuangan.law.role import Role
from tests.db.core.test_notices import AT, send
from tests.db.core.test_sending import operator
from tests.servers import Service, answers, running

DINGTALK = {
    "/gettoken": {"errcode": 0, "access_token": "T-1", "expires_in": 7200},
    "/topapi/v2/user/getbymobile": {"errcode": 0, "result": {"userid": "u1"}},
    "/topapi/v2/user/get": {"errcode": 0, "result": {"unionid": "U1"}},
    "/v1.0/todo/users/U1/tasks": {"id": "task-7"},
}
ENTRY = "/v1.0/todo/users/U1/tasks/task-7"
MINUTES = timedelta(minutes=1)


@pytest.fixture
def service(settings):
    settings.KUANGAN_GATEWAY_TIMEOUT_S = 2
    with running(Service()) as server:
        server.behaves |= {path: [answers(content)] for path, content in DINGTALK.items()}
        yield server


def set_up(world, service, kind="dingtalk_todo", **more):
    settings = {"host": service.url, "api": service.url, "app": "k", "site": "https://kuangan.example", **more}
    return set_up_gateway(
        actor=operator(world), gateway=None, kind=kind, name=kind, channel="todo", unit=None, rank=1, enabled=True,
        settings=settings, secrets={"secret": "very-secret"}, at=AT,
    )  # fmt: skip


def entry_of(world) -> Delivery:
    """The to-do entry of a notice to the mine's dispatcher, as it was made outside."""
    notice = send(world, role=Role.mine_dispatcher, channels=("sms",))
    deliver_due(AT, patience_s=10)
    return notice.deliveries.get(channel="todo")


def close(at):
    ask_receipts(at)
    settle()


def test_an_entry_leads_back_and_is_closed_when_the_notice_is_signed_for(world, service):
    set_up(world, service)
    entry = entry_of(world)
    assert (entry.status, entry.reference, entry.asks_at) == ("sent", "task-7", None)
    made = next(asked for asked in service.seen if asked.path.endswith("/tasks"))
    assert made.headers["x-acs-dingtalk-access-token"] == "T-1"
    assert made.json["detailUrl"]["pcUrl"] == f"https://kuangan.example/notices/{entry.notice_id}/"
    assert made.json["executorIds"] == ["U1"]
    said = made.body.decode() + made.json["subject"] + made.json["description"]
    assert not any(secret in said for secret in ("甲一煤矿", "瓦斯", "停电撤人", "调度丙"))
    close(AT + MINUTES)
    assert not any(asked.path == ENTRY for asked in service.seen)
    service.behaves[ENTRY] = [answers({"code": "busy", "message": "稍后再试"}, 503), answers({"result": True})]
    actions.sign_for_notice(actor=world.dispatcher, notice=entry.notice, at=AT + 2 * MINUTES)
    close(AT + 2 * MINUTES)
    entry.refresh_from_db()
    assert (entry.closed_at, "待办未能关闭" in entry.last_error) == (None, True)
    close(AT + 8 * MINUTES)
    entry.refresh_from_db()
    assert (entry.asks_at, entry.last_error) == (None, "")
    assert entry.closed_at is not None
    closed = [asked for asked in service.seen if asked.path == ENTRY]
    assert [(asked.method, asked.json) for asked in closed] == [("PUT", {"done": True})] * 2


def test_an_entry_is_closed_when_what_it_told_of_has_ended(world, service):
    set_up(world, service)
    service.behaves[ENTRY] = [answers({"result": True})]
    entry = entry_of(world)
    actions.end_notices(actor=None, notices=Notice.objects.filter(pk=entry.notice_id), at=AT + MINUTES)
    close(AT + MINUTES)
    entry.refresh_from_db()
    assert entry.closed_at is not None


def test_a_card_of_wecom_stands_in_and_says_that_the_work_is_done(world, service):
    service.behaves |= {
        "/cgi-bin/gettoken": [answers({"errcode": 0, "access_token": "T-2", "expires_in": 7200})],
        "/cgi-bin/user/getuserid": [answers({"errcode": 0, "userid": "u1"})],
        "/cgi-bin/message/send": [answers({"errcode": 0, "response_code": "R-9"})],
        "/cgi-bin/message/update_template_card": [answers({"errcode": 0})],
    }
    set_up(world, service, kind="wecom_todo", corp="c", agent=7)
    entry = entry_of(world)
    sent = next(asked for asked in service.seen if asked.path.endswith("/message/send"))
    assert sent.json["template_card"]["card_action"]["url"].endswith(f"/notices/{entry.notice_id}/")
    actions.sign_for_notice(actor=world.dispatcher, notice=entry.notice, at=AT + MINUTES)
    close(AT + MINUTES)
    entry.refresh_from_db()
    assert entry.closed_at is not None
    closed = service.seen[-1].json
    assert (closed["response_code"], closed["button"]) == ("R-9", {"replace_name": "已办结"})
