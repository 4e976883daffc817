"""Confirming by one-time code what one signs: judged in the same transaction, counted, locked, recorded, told to its owner.

The count and the lock are those of signing alone: whoever guesses in an unattended session never shuts the owner out.
Moments of tries are the wall clock's, as those of the log-in.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions.access.accounts import verify_totp
from kuangan.core.actions.audit import record
from kuangan.core.actions.notices import end_notices, send_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Channel, Notice, User
from kuangan.core.signing import Act, Confirmation
from kuangan.core.source import source_address
from kuangan.core.subject import about

FAILED, LOCKED, SIGNED = "signing_failed", "signing_locked", "signed"
"""Kinds of notices to the owner and actions on his account's chain."""
_TITLE_CHARACTERS = 120


@contextmanager
def confirmed(
    *, user: User, code: str, acts: Sequence[Act], seen_at: datetime, at: datetime | None = None
) -> Iterator[Confirmation]:
    """Inside it, ``user`` has confirmed ``acts`` (as they stood at ``seen_at``) with ``code``; what it does is one transaction.

    Raises :class:`Refused` without entering: no code bound, an account just reset (``signs_from``), signing locked, code empty, wrong or used. A wrong code is counted
    whatever becomes of it, so this opens the outermost transaction (RuntimeError inside another one). What fails inside
    is undone with the use of the code.
    """
    moment = at or clock.wall_now()
    with transaction.atomic(durable=True):
        refusal = _refusal(user, code.strip(), moment)
        if refusal is None:
            confirmation = Confirmation(user, acts, seen_at)
            try:
                yield confirmation
            finally:
                confirmation.close()
            _signed(user, acts, confirmation, moment)
    if refusal is not None:
        raise Refused(refusal)


def _refusal(user: User, code: str, at: datetime) -> str | None:
    """Why this code confirms nothing, in Chinese; None: it does. The row's lock lets parallel guesses be judged one by one."""
    own = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not own.is_active or not own.totp_secret:
        return "您尚未绑定动态口令，不能签署；请先在“本人账号”绑定。"
    if own.signing_locked_until is not None and at < own.signing_locked_until:
        record(actor=None, action="signing_refused", subject=own, data={"locked": True}, at=at)
        return _locked_words(own)
    if own.signs_from is not None and at < own.signs_from:
        return f"您的账号刚经重置，{clock.civil(own.signs_from):%m月%d日%H:%M}起方可签署"
    if not code:
        return "请输入动态口令"
    if verify_totp(user=own, code=code, at=at):
        return None
    return _wrong(own, at)


def _wrong(own: User, at: datetime) -> str:
    """Count a wrong code, lock signing when it was the last one allowed, record it and tell the owner."""
    most = settings.KUANGAN_LOGIN_MAX_FAILURES
    own.signing_failures += 1
    tried = own.signing_failures
    if tried >= most:
        own.signing_failures = 0
        own.signing_locked_until = at + timedelta(minutes=settings.KUANGAN_LOGIN_LOCK_MINUTES)
    own.save(update_fields=["signing_failures", "signing_locked_until"])
    locks = tried >= most
    record(actor=None, action=LOCKED if locks else FAILED, subject=own, data={"tried": tried}, at=at)
    if locks:
        _tell(own, LOCKED, _locked_words(own), (Channel.screen, Channel.sms))
        return _locked_words(own)
    if tried == 1:
        _tell(own, FAILED, "有人以您的账号签署时动态口令不正确", (Channel.screen,))
    return f"动态口令不正确或已使用，请输入手机上最新的口令；还可再试{most - tried}次，用完将暂停签署。"


def _locked_words(own: User) -> str:
    until = f"{clock.civil(own.signing_locked_until):%H:%M:%S}" if own.signing_locked_until else ""
    return f"签署用动态口令连续错误，您的签署功能暂停至{until}，登录不受影响"


def _signed(user: User, acts: Sequence[Act], confirmation: Confirmation, at: datetime) -> None:
    """Forget earlier failures, record on the owner's chain what was signed in his name, and tell him."""
    User.objects.filter(pk=user.pk).update(signing_failures=0, signing_locked_until=None)
    acts_signed = [
        {"verb": act.verb.value, "subject": act.subject, "words": act.words, "digest": act.digest} for act in acts
    ]
    content = {"acts": acts_signed, "list": confirmation.list_digest}
    record(actor=user, action=SIGNED, subject=user, data=content, at=at)
    if user.person is None:
        return
    failures = Notice.objects.filter(kind=FAILED, person=user.person)
    end_notices(actor=user, notices=failures, at=confirmation.seen_at)
    words = acts[0].words + (f"等{len(acts)}项" if len(acts) > 1 else "") if acts else ""
    told = _tell(user, SIGNED, f"已以您的名义签署：{words}", (Channel.sms,), confirmation.seen_at)
    if told is not None:  # it asks for nothing
        Notice.objects.filter(pk=told.pk).update(ended_at=told.created_at)


def _tell(user: User, kind: str, title: str, channels: Sequence[Channel], at: datetime | None = None) -> Notice | None:
    """A notice to the account's owner, with the address that the request came from."""
    if user.person is None:
        return None
    source = source_address.get()
    where = f"来源地址{source}。" if source else ""
    return send_notice(
        actor=None,
        unit=user.person.unit,
        person=user.person,
        title=title[:_TITLE_CHARACTERS],
        body=f"{where}如非本人操作，请立即更改密码并联系系统管理员。",
        kind=kind,
        subject=about("account"),
        channels=channels,
        at=at,
    )
