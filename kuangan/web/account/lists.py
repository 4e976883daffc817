"""The lists of 本人账号 as columns: posts, log-ins, signatures, keys of the API, accounts of the demonstration."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kuangan.core.models import LoginSession
from kuangan.core.queries import Hold, Signature
from kuangan.web.frame import shown
from kuangan.web.frame.demonstration import OfferedAccount
from kuangan.web.frame.lists import Column
from kuangan.web.frame.once import button
from kuangan.web.frame.request import Request


def _source(hold: Hold) -> str:
    return f"代行 {hold.acting_for.title}（AB岗）" if hold.acting_for else "本人岗位"


POSTS = (
    Column("单位", lambda hold: hold.unit.name),
    Column("岗位", lambda hold: hold.post.title),
    Column("权限", lambda hold: hold.role.label),
    Column("来源", _source),
)


def session_columns(request: Request, here: str) -> tuple[Column, ...]:
    """Where one is logged in; every other log-in can be ended. ``here``: the digest of the session that asks."""

    def end(session: LoginSession) -> str:
        if session.key_sha256 == here:
            return "本次登录"
        return button(request, reverse("end_session", args=[session.pk]), "结束")

    return (
        Column("来源地址", lambda session: shown.hinted(session.address or "—", session.browser)),
        Column("登录时间", lambda session: session.begun_at),
        Column("最近使用", lambda session: session.seen_at),
        Column("", end, style="num"),
    )


def _signed(signature: Signature) -> str:
    return f"{signature.word}：{signature.signed}" if signature.signed else signature.word


SIGNATURES = (
    Column("时间", lambda signature: shown.moment(signature.at), style="nowrap"),
    Column("签署", _signed),
    Column("来源地址", lambda signature: signature.source or shown.EMPTY, style="quiet"),
)


def key_columns(request: Request, *, stops: bool) -> tuple[Column, ...]:
    """Everybody's keys of the API. ``stops``: whether the reader may stop them."""

    def stop(key: Any) -> SafeString:
        return button(request, reverse("stop_others_token", args=[key.pk]), "停用")

    return (
        Column("单位", lambda key: key.user.person.unit.name),
        Column("人员", lambda key: key.user.person.name),
        Column("用户名", lambda key: key.user.username),
        Column("用途", lambda key: key.name),
        Column("签发", lambda key: key.issued_at),
        Column("最近使用", lambda key: key.last_used_at or "未使用过"),
        Column("到期", lambda key: key.expires_at),
        Column("", stop, style="num", page=stops),
    )


def _fill(account: OfferedAccount) -> SafeString:
    """A button that fills the form of the log-in."""
    return format_html(
        '<button type="button" class="btn btn-sm" data-fill data-username="{}" data-password="{}" data-code="{}">填入</button>',
        account.username,
        account.password,
        account.code,
    )


DEMONSTRATION = (
    Column("岗位", lambda account: f"{account.unit} {account.title}"),
    Column("用户名", lambda account: account.username),
    Column("动态口令", lambda account: account.code or "无需"),
    Column("人员", lambda account: account.name),
    Column("", _fill, style="num"),
)
