"""Gateways by their files, against a real listener on this machine: requests, steps, answers, and whatever goes wrong."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs

import pytest

from kuangan.core.notify.gateways import Message, calling, gateway_kind, gateway_kinds
from kuangan.core.notify.gateways.template import TemplateGateway
from kuangan.core.notify.outcome import Arrived, Failed, Pending, Sent
from tests.servers import Service, answers, drips, hangs, hangs_up, running, talks_nonsense

TOKEN = "shared-token"
MESSAGE = Message(
    id=41,
    channel="sms",
    to="13900000003",
    receiver="调度丙",
    title="矿安平台［红色］第7号通知",
    text='您有第7号通知 "{key}" & 请登录\n签收',
    link="https://kuangan.example/notices/7/",
)
OK = {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def service():
    with running(Service()) as server:
        yield server


def gateway(kind, timeout_s=2.0, **settings):
    return TemplateGateway(gateway_kind(kind), settings, timeout_s)


def signed(service, timeout_s=2.0):
    return gateway("signed_gateway", timeout_s, url=f"{service.url}/send", token=TOKEN)


def test_every_file_of_the_package_can_be_read():
    kinds, wrong = gateway_kinds()
    assert wrong == ()
    assert {"signed_gateway", "json_gateway", "wecom_robot", "dingtalk_robot", "wecom_app", "mail_server"} <= set(kinds)


def test_a_message_arrives_signed_and_with_a_key_against_doubling(service):
    assert signed(service).send(MESSAGE) == Sent("R-1")
    [asked] = service.seen
    assert asked.json == {
        "id": 41,
        "channel": "sms",
        "to": "13900000003",
        "receiver": "调度丙",
        "text": MESSAGE.text,
    }
    stamp = asked.headers["X-Timestamp"]
    expected = hmac.new(TOKEN.encode(), stamp.encode() + b"." + asked.body, hashlib.sha256).hexdigest()
    assert (asked.headers["X-Signature"], asked.headers["Idempotency-Key"]) == (expected, "kuangan-41")


@pytest.mark.parametrize(
    ("status", "final"), [(500, False), (503, False), (429, False), (408, False), (400, True), (403, True), (302, True)]
)
def test_refusals_are_final_and_troubles_are_tried_again(service, status, final):
    service.behaves[""] = [answers(b"no", status)]
    outcome = signed(service).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert (outcome.final, str(status) in outcome.error, len(service.seen)) == (final, True, 1)


@pytest.mark.parametrize("answer", [b"", b"OK", b"[1]", b"\xff"])
def test_an_answer_in_another_form_still_counts_as_accepted_where_no_code_is_asked_for(service, answer):
    service.behaves[""] = [answers(answer)]
    assert signed(service).send(MESSAGE) == Sent("")


@pytest.mark.parametrize("answer", [b"", b"OK", b"[1]", b"\xff", b'{"errmsg": "ok"}', b"[" * 5000])
def test_an_answer_without_the_code_is_no_acceptance_and_is_tried_again(service, answer):
    service.behaves[""] = [answers(answer)]
    outcome = gateway("wecom_robot", host=service.url, key="k").send(MESSAGE)
    assert outcome == Failed("网关的答复不能识别，不能确认是否受理")


@pytest.mark.parametrize(("behave", "words"), [(hangs, "0.2秒内没有答复"), (talks_nonsense, ""), (hangs_up, "")])
def test_a_gateway_that_hangs_or_talks_nonsense_is_tried_again(service, behave, words):
    service.behaves[""] = [behave]
    outcome = signed(service, 0.2).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert not outcome.final
    assert words in outcome.error
    assert TOKEN not in outcome.error


def test_an_answer_that_drips_ends_all_the_same(service, monkeypatch):
    monkeypatch.setattr(calling, "WHOLE_S", 0.3)
    service.behaves[""] = [drips]
    began = time.monotonic()
    outcome = signed(service, 0.2).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert time.monotonic() - began < 2


def test_a_gateway_that_is_not_there_is_tried_again():
    with running(Service()) as closed:
        pass
    outcome = signed(closed, 0.5).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert not outcome.final


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/", "http://", "http://[", "kuangan.example"])
def test_another_scheme_is_refused_for_good(url):
    outcome = gateway("signed_gateway", url=url, token=TOKEN).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert outcome.final


def test_a_setting_that_is_missing_is_said():
    assert gateway("signed_gateway", url="http://127.0.0.1:1/").send(MESSAGE) == Failed(
        "通道设置不完整，缺少token，请由系统管理员补充。", final=True
    )


def test_a_robot_of_wecom_gets_number_level_and_link_alone(service):
    service.behaves[""] = [answers(OK)]
    assert gateway("wecom_robot", host=service.url, key="a&b=c d").send(MESSAGE) == Sent("")
    [asked] = service.seen
    assert (asked.path, asked.query) == ("/cgi-bin/webhook/send", {"key": "a&b=c d"})
    content = f"**{MESSAGE.title}**\n{MESSAGE.text}\n[打开平台]({MESSAGE.link})"
    assert asked.json == {"msgtype": "markdown", "markdown": {"content": content}}


@pytest.mark.parametrize(("code", "final"), [(45009, False), (-1, False), (93000, True), ("0", True)])
def test_the_code_of_an_answer_is_read_and_its_words_are_shown(service, code, final):
    service.behaves[""] = [answers({"errcode": code, "errmsg": "invalid webhook secret-key\r\n url"})]
    outcome = gateway("wecom_robot", host=service.url, key="secret-key").send(MESSAGE)
    assert outcome == Failed(f"网关拒绝（{code}）：invalid webhook *** url", final=final)


def test_a_robot_of_dingtalk_is_signed(service):
    service.behaves[""] = [answers(OK)]
    assert gateway("dingtalk_robot", host=service.url, token="t", secret="SEC1").send(MESSAGE) == Sent("")
    [asked] = service.seen
    text = f"{asked.query['timestamp']}\nSEC1".encode()
    expected = base64.b64encode(hmac.new(b"SEC1", text, hashlib.sha256).digest()).decode()
    assert (asked.query["sign"], asked.query["access_token"]) == (expected, "t")
    assert len(asked.query["timestamp"]) == 13


def app_of(service, **more):
    return gateway("wecom_app", host=service.url, corp="corp", agent=100001, secret="app-secret", **more)


def wecom(service):
    service.behaves |= {
        "/cgi-bin/gettoken": [answers(OK | {"access_token": "token-1", "expires_in": 7200})],
        "/cgi-bin/user/getuserid": [answers(OK | {"userid": "diao-du"})],
        "/cgi-bin/message/send": [answers(OK | {"msgid": "m-1", "invaliduser": ""})],
    }


def test_an_app_fetches_its_token_and_the_user_once_and_keeps_them(service):
    wecom(service)
    app = app_of(service)
    assert [app.send(MESSAGE), app.send(MESSAGE)] == [Sent("m-1"), Sent("m-1")]
    paths = [asked.path.rpartition("/")[2] for asked in service.seen]
    assert paths == ["gettoken", "getuserid", "send", "send"]
    assert service.seen[1].json == {"mobile": "13900000003"}
    sent = service.seen[2]
    assert (sent.query, sent.json["touser"], sent.json["agentid"]) == ({"access_token": "token-1"}, "diao-du", 100001)
    assert sent.json["textcard"]["url"] == MESSAGE.link


def test_a_token_that_ended_is_fetched_anew_and_the_message_goes_out(service):
    wecom(service)
    service.behaves["/cgi-bin/message/send"] = [
        answers({"errcode": 42001, "errmsg": "access_token expired"}),
        answers(OK | {"msgid": "m-2"}),
    ]
    assert app_of(service).send(MESSAGE) == Sent("m-2")
    assert [asked.path for asked in service.seen].count("/cgi-bin/gettoken") == 2


def test_a_token_that_never_works_is_no_endless_loop(service):
    wecom(service)
    service.behaves["/cgi-bin/message/send"] = [answers({"errcode": 42001})]
    outcome = app_of(service).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert outcome.final
    assert len(service.seen) == 6


def test_a_person_whom_the_service_does_not_know_is_refused_with_its_words(service):
    wecom(service)
    service.behaves["/cgi-bin/user/getuserid"] = [answers({"errcode": 46004, "errmsg": "user not exist token-1"})]
    assert app_of(service).send(MESSAGE) == Failed("网关拒绝（46004）：user not exist ***", final=True)
    service.behaves["/cgi-bin/user/getuserid"] = [answers(OK | {"userid": "gone"})]
    service.behaves["/cgi-bin/message/send"] = [answers(OK | {"invaliduser": "gone"})]
    assert app_of(service).send(MESSAGE) == Failed("网关未受理该接收人（gone）", final=True)


def test_a_step_whose_answer_lacks_the_token_is_tried_again(service):
    wecom(service)
    service.behaves["/cgi-bin/gettoken"] = [answers(OK)]
    outcome = app_of(service).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert not outcome.final


@pytest.mark.parametrize(
    ("lists", "outcome"),
    [
        ({"unread_user_id_list": ["u"]}, Arrived()),
        ({"read_user_id_list": ["u"]}, Arrived()),
        ({"invalid_user_id_list": ["u"]}, Failed("网关回执：未送达", final=True)),
        ({"unread_user_id_list": []}, Pending()),
        ({}, Pending()),
    ],
)
def test_dingtalk_says_later_whether_a_notice_arrived(service, lists, outcome):
    service.behaves |= {
        "/gettoken": [answers(OK | {"access_token": "t", "expires_in": 7200})],
        "/topapi/v2/user/getbymobile": [answers(OK | {"result": {"userid": "u"}})],
        "/topapi/message/corpconversation/asyncsend_v2": [answers(OK | {"task_id": 256271667526})],
        "/topapi/message/corpconversation/getsendresult": [answers(OK | {"send_result": lists})],
    }
    app = gateway("dingtalk_app", host=service.url, app="a", agent=1, secret="s")
    assert app.send(MESSAGE) == Sent("256271667526")
    assert app.ask(MESSAGE, "256271667526") == outcome
    assert service.seen[-1].json == {"agent_id": 1, "task_id": "256271667526"}


def test_the_governments_dingtalk_is_signed_over_its_form(service):
    service.behaves[""] = [answers({"success": True, "content": {"success": True, "data": {"msgId": "g-1"}}})]
    app = gateway("government_dingtalk_app", host=service.url, tenant="50003", app="key", secret="s")
    assert app.send(MESSAGE) == Sent("g-1")
    [asked] = service.seen
    form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    pairs = "&".join(f"{name}={form[name]}" for name in sorted(form))
    stamp, nonce = asked.headers["X-Hmac-Auth-Timestamp"], asked.headers["X-Hmac-Auth-Nonce"]
    text = f"POST\n{stamp}\n{nonce}\n/message/workNotification\n{pairs}".encode()
    expected = base64.b64encode(hmac.new(b"s", text, hashlib.sha256).digest()).decode()
    assert asked.headers["X-Hmac-Auth-Signature"] == expected
    assert json.loads(form["msg"])["action_card"]["single_url"] == MESSAGE.link


OWN = """
id: {name}
label: 本市短信平台
channels: [sms]
fields:
  - {{name: url, label: 地址}}
  - {{name: user, label: 账号}}
  - {{name: pass, label: 密码, sealed: true}}
computed:
  - {{name: stamp, moment: seconds}}
  - {{name: sign, digest: md5, text: "{{user}}{{pass}}{{stamp}}"}}
request:
  method: GET
  url: "{{url}}/sms?u={{user}}&s={{sign}}&t={{stamp}}&m={{to}}&c={{{content}}}"
answer: {{code: "0.status", accepted: [ok], words: "0.why"}}
"""


def test_a_citys_own_gateway_is_one_file_in_the_data_folder(service, data_folder):
    (data_folder / "channels").mkdir()
    (data_folder / "channels" / "city_sms.yaml").write_text(OWN.format(name="city_sms", content="text"))
    service.behaves[""] = [answers([{"status": "ok"}]), answers([{"status": "no", "why": "余额不足"}])]
    own = gateway("city_sms", url=service.url, user="u&", **{"pass": "p"})
    assert own.send(MESSAGE) == Sent("")
    [asked] = service.seen
    expected = hashlib.new("md5", f"u&p{asked.query['t']}".encode(), usedforsecurity=False).hexdigest()
    assert (asked.query["u"], asked.query["s"], asked.query["c"]) == ("u&", expected, MESSAGE.text)
    assert own.send(MESSAGE) == Failed("网关拒绝（no）：余额不足", final=True)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("other", "text", "differs from the file's name"),
        ("city_sms", "telephone", "unknown placeholders: telephone"),
        ("wecom_robot", "text", "已存在"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_and_harms_no_other(data_folder, name, content, words):
    (data_folder / "channels").mkdir(exist_ok=True)
    file = "wecom_robot" if name == "wecom_robot" else "city_sms"
    (data_folder / "channels" / f"{file}.yaml").write_text(OWN.format(name=name, content=content))
    kinds, wrong = gateway_kinds()
    assert words in wrong[0]
    assert "wecom_robot" in kinds
