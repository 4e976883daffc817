"""E-mail against a real SMTP server on this machine, over TLS."""

import base64
import shutil

import pytest

from kuangan.core.notify.gateways import Message, gateway_kind
from kuangan.core.notify.gateways.mail import MailGateway
from kuangan.core.notify.outcome import Failed, Sent
from tests.servers import MailServer, running

MESSAGE = Message(
    id=41,
    channel="email",
    to="zhang@bureau.example",
    receiver="张三",
    title="矿安平台［红色］第7号通知",
    text="您有第7号通知",
    link="https://kuangan.example/notices/7/",
)


@pytest.fixture(params=["tls", "starttls"])
def server(request, tmp_path):
    with running(MailServer(tmp_path, at_once=request.param == "tls")) as server:
        yield server


@pytest.fixture
def trusted(server, data_folder):
    """The server's certificate is that of the unit's own authority."""
    (data_folder / "keys" / "gateways").mkdir(parents=True)
    shutil.copy(server.certificate, data_folder / "keys" / "gateways" / "ca.pem")


def gateway(server, timeout_s=2.0, **more):
    given = {
        "host": "127.0.0.1",
        "port": server.server_address[1],
        "security": "tls" if server.at_once else "starttls",
        "sender": "kuangan@bureau.example",
        "user": "kuangan",
        "password": "p w",
    }
    return MailGateway(gateway_kind("mail_server"), given | more, timeout_s)


def test_a_mail_arrives_over_tls_without_content(server, trusted):
    assert gateway(server).send(MESSAGE) == Sent("<kuangan-41@bureau.example>")
    [(receiver, mail)] = server.mails
    assert receiver == "zhang@bureau.example"
    assert "Message-ID: <kuangan-41@bureau.example>" in mail
    encoded = mail.replace("\r\n", "\n").split("\n\n", 1)[1].rstrip(".\n")
    body = base64.b64decode(encoded).decode()
    assert "您有第7号通知" in body
    assert "https://kuangan.example/notices/7/" in body
    assert server.log_ins == ["AUTH PLAIN " + base64.b64encode(b"\0kuangan\0p w").decode()]


def test_a_server_that_nobody_vouches_for_gets_nothing(server, data_folder):
    outcome = gateway(server).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert "加密连接失败" in outcome.error
    assert (server.mails, server.log_ins) == ([], [])


@pytest.mark.parametrize(
    ("command", "answer", "words", "final"),
    [
        ("AUTH", "535 bad password", "拒绝登录：bad password", True),
        ("RCPT", "550 no such user", "拒收该地址（550）：no such user", True),
        ("RCPT", "450 greylisted", "拒收该地址（450）：greylisted", False),
        ("DATA", "554 spam", "拒绝（554）：spam", True),
        ("DATA", "451 later", "拒绝（451）：later", False),
    ],
)
def test_a_refusal_is_shown_in_the_words_of_the_server(server, trusted, command, answer, words, final):
    server.refuses[command] = answer
    outcome = gateway(server).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert words in outcome.error
    assert outcome.final is final


def test_a_server_that_hangs_is_tried_again(server, trusted):
    server.refuses["hang"] = "yes"
    outcome = gateway(server, 0.2).send(MESSAGE)
    assert isinstance(outcome, Failed)
    assert not outcome.final


def test_a_server_without_tls_gets_no_password(tmp_path, data_folder):
    with running(MailServer(tmp_path, at_once=False)) as server:
        server.offers_tls = False
        outcome = gateway(server).send(MESSAGE)
    assert outcome == Failed("邮件服务器不支持加密连接，未发送", final=True)
    assert server.log_ins == []


def test_a_line_break_in_a_heading_begins_no_header(server, trusted):
    strange = Message(id=1, channel="email", to="a@b.example", receiver="", title="第1号\nBcc: x@y.example", text="x")
    assert isinstance(gateway(server).send(strange), Sent)
    head = server.mails[0][1].split("\r\n\r\n")[0]
    assert not any(line.lower().startswith("bcc") for line in head.splitlines())
