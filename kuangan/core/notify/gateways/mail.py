"""E-mail through the unit's own server, over TLS."""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any, Final

from kuangan.base import clock
from kuangan.base.text import clean_line
from kuangan.core.notify.gateways.calling import WHOLE_S, cut_after, trust
from kuangan.core.notify.gateways.grammar import GatewayKind
from kuangan.core.notify.gateways.message import Message
from kuangan.core.notify.outcome import Failed, Sent

AT_ONCE: Final = "tls"
"""TLS from the first byte; otherwise the connection is raised to TLS before anything is said."""


@dataclass
class MailGateway:
    """One mail server. Without TLS nothing is sent."""

    kind: GatewayKind
    settings: Mapping[str, Any] = field(repr=False)
    timeout_s: float = 5.0

    def send(self, message: Message) -> Sent | Failed:
        """Hand a mail over; a refusal of the receiver or of the log-in is final, trouble of the network is tried again."""
        given = {**self.kind.defaults, **self.settings}
        try:
            return self._sent(given, message)
        except (OSError, smtplib.SMTPException, UnicodeError, ValueError) as broken:
            return _failed(broken, self.timeout_s)
        except KeyError as missing:
            return Failed(f"通道设置不完整，缺少{missing.args[0]}，请由系统管理员补充。", final=True)

    def _sent(self, given: Mapping[str, Any], message: Message) -> Sent:
        host, port, context = given["host"], int(given["port"]), trust()
        at_once = given["security"] == AT_ONCE
        server: smtplib.SMTP = smtplib.SMTP(timeout=self.timeout_s)
        if at_once:
            server = smtplib.SMTP_SSL(timeout=self.timeout_s, context=context)
        with cut_after(server, WHOLE_S):
            try:
                server._host = host  # type: ignore[attr-defined]  # noqa: SLF001  # the name that the certificate is held against
                server.connect(host, port)
                if not at_once:
                    server.starttls(context=context)
                if given.get("user"):
                    server.login(given["user"], given.get("password", ""))
                server.send_message(self._mail(given, message))
                server.quit()
            finally:
                server.close()
        return Sent(reference=_number(message, given))

    @staticmethod
    def _mail(given: Mapping[str, Any], message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = formataddr(("矿安平台", given["sender"]))
        mail["To"] = message.to
        mail["Subject"] = clean_line(message.title)
        mail["Date"] = format_datetime(clock.wall_now())
        mail["Message-ID"] = _number(message, given)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(
            f"{message.text}\n\n{message.link}\n\n本邮件由平台自动发出，为防止泄密不载明具体内容，请勿回复。\n"
        )
        return mail


def _number(message: Message, given: Mapping[str, Any]) -> str:
    """The same for every try, so that a mail that comes twice is seen as one."""
    return f"<kuangan-{message.id}@{str(given['sender']).rpartition('@')[2]}>"


def _failed(broken: Exception, timeout_s: float) -> Failed:
    """What went wrong, in words; final where the server said that it will never take it."""
    final = False
    match broken:
        case smtplib.SMTPAuthenticationError():
            words, final = f"拒绝登录：{_words(broken)}，请核对账号和密码", True
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(broken.recipients.values()))
            words, final = f"拒收该地址（{code}）：{_said(said)}", code >= 500
        case smtplib.SMTPResponseException():
            words, final = f"拒绝（{broken.smtp_code}）：{_words(broken)}", broken.smtp_code >= 500
        case smtplib.SMTPNotSupportedError():
            words, final = "不支持加密连接，未发送", True
        case ssl.SSLError():
            words = f"的加密连接失败（{broken.reason or '证书'}），请核对证书"
        case TimeoutError():
            words = f"不通：{timeout_s:g}秒内没有答复"
        case _:
            words = f"不通（{type(broken).__name__}），请检查网络和地址"
    return Failed(f"邮件服务器{words}", final=final)


def _words(refused: smtplib.SMTPResponseException) -> str:
    return _said(refused.smtp_error)


def _said(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return clean_line(text)[:160]
