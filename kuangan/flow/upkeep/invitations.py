"""Jobs that write the codes of an invitation and hand them out, one at a time in the sweep's helper thread.

A letter's code is nowhere but in the letter: the file lies sealed below ``letters`` until it is taken or its end has come. Nothing of a job
of letters is half done: one that was interrupted is begun anew, and codes of before hold until it is done.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import segno
from django.conf import settings
from django.db import transaction

from kuangan.base import clock
from kuangan.base.files import replace_file
from kuangan.base.turns import Busy
from kuangan.core.access.passwords import RULES_IN_WORDS
from kuangan.core.access.values import lasting
from kuangan.core.actions import record
from kuangan.core.errors import Refused
from kuangan.core.models import Channel, Delivery, DeliveryStatus, InvitationIssue, Invitee, IssueKind, IssueState
from kuangan.core.notify.channel import Route, Routes, inline_adapter, message_of
from kuangan.core.notify.outcome import Sent
from kuangan.core.queries.invitations import READABLE, code_digest, invitees_of_issue, outlived_issues, waiting_issues
from kuangan.core.sealed import seal_bytes, unseal_bytes
from kuangan.flow.credit import imports
from kuangan.law.paper import PaperError
from kuangan.law.setting.typeset import TypesetError, typeset_many
from kuangan.paper.render import envelope

log = logging.getLogger("kuangan.sweep")
TEMPLATE: Final = "account_invitation"
SIGNS: Final = 12
KEPT: Final = timedelta(hours=24)
"""How long a file of letters waits for whoever asked for it."""
HIDDEN: Final = "************"
REST: Final = timedelta(seconds=20)
AT_ONCE: Final = 50
"""Texts of one turn of the helper thread, so that sheets do not wait for all of them."""
_resting: dict[int, datetime] = {}


def invitations_due(at: datetime) -> int:
    """Have jobs that wait done beside the sweep. Returns 0: nothing of it is done in its own round."""
    resting = [pk for pk, until in _resting.items() if clock.wall_now() < until]
    if waiting_issues().exclude(pk__in=resting).exists():
        imports.start_beside(work_issues)
    return 0


def work_issues() -> None:
    """Every job that waits, once; one that fails unexpectedly rests and is tried again."""
    for issue in waiting_issues():
        try:
            work_issue(issue)
        except Busy:
            _resting[issue.pk] = clock.wall_now() + REST
        except Exception:
            log.exception("invitation job %s failed, it is tried again in %s", issue.pk, REST)
            _resting[issue.pk] = clock.wall_now() + REST


def work_issue(issue: InvitationIssue) -> None:
    """Write the codes and hand them out; what kept it from being done is said on its page."""
    invitees = list(invitees_of_issue(issue))
    issue.state, issue.total = IssueState.working, len(invitees)
    issue.save(update_fields=["state", "total"])
    if not invitees:
        _end(issue, fault="没有需要生成的人员：均已开通账号、已撤销，或不属于签字、管理岗位。")
        return
    try:
        if issue.kind == IssueKind.sms:
            _send_texts(issue, invitees)
        else:
            _write_letters(issue, invitees)
    except (PaperError, TypesetError, Refused) as refused:
        log.warning("invitation job %s: %s", issue.pk, refused)
        _end(issue, fault=str(refused))


def new_code() -> str:
    """Twelve readable signs, in groups of four: 59 bits."""
    signs = "".join(secrets.choice(READABLE) for _ in range(SIGNS))
    return "-".join(signs[start : start + 4] for start in range(0, SIGNS, 4))


def _write_letters(issue: InvitationIssue, invitees: Sequence[Invitee]) -> None:
    moment = clock.wall_now()
    expires = moment + lasting("invitation_life")
    codes = [new_code() for _ in invitees]
    content = _letters(issue, invitees, codes, expires)
    letters_path(issue).parent.mkdir(mode=0o700, exist_ok=True)
    with transaction.atomic():
        for invitee, code in zip(invitees, codes, strict=True):
            _renew(issue, invitee, code, moment, expires)
        Invitee.objects.bulk_update(
            invitees,
            ["code_digest", "binding_digest", "written_at", "expires_at", "issued_at", "fault"],
            batch_size=500,
        )
        replace_file(letters_path(issue), seal_bytes(content, _place(issue)))
        _end(issue, moment=moment)


def _renew(issue: InvitationIssue, invitee: Invitee, code: str, moment: datetime, expires: datetime) -> None:
    """The code takes the place of the one before; a second code lasts as long as the first one."""
    if issue.kind == IssueKind.bindings:
        invitee.binding_digest = code_digest(code)
        return
    invitee.code_digest, invitee.written_at, invitee.expires_at = code_digest(code), moment, expires
    invitee.issued_at, invitee.fault = None, ""


def _letters(issue: InvitationIssue, invitees: Sequence[Invitee], codes: Sequence[str], expires: datetime) -> bytes:
    people = [
        {
            "unit": invitee.person.unit.name,
            "name": invitee.person.name,
            "posts": invitee.posts,
            "code": code,
            "signs": "是" if invitee.signs else "",
        }
        for invitee, code in zip(invitees, codes, strict=True)
    ]
    known = [invitee.expires_at for invitee in invitees if invitee.expires_at is not None]
    if issue.kind == IssueKind.bindings and known:
        expires = min(known)  # a second code lasts as long as the first
    fields = {
        "binding": issue.kind == IssueKind.bindings,
        "address": issue.address,
        "picture": segno.make(issue.address, micro=False).svg_inline(scale=4),
        "until": f"{clock.civil(expires):%Y年%m月%d日%H时%M分}",
        "rules": RULES_IN_WORDS,
        "people": people,
    }
    unit = issue.asked_by.person.unit.name if issue.asked_by.person else ""
    return typeset_many(TEMPLATE, envelope(number="", title="账号开通通知", unit=unit, at=clock.now(), fields=fields))


def _send_texts(issue: InvitationIssue, invitees: Sequence[Invitee]) -> None:
    """Some of the texts, straight to the gateway: what stays of one here has the code struck out. The rest comes with the next turn.

    Nobody gets two of one job: whose code was written since it was asked for has had his.
    """
    left = [invitee for invitee in invitees if invitee.written_at is None or invitee.written_at < issue.asked_at]
    routes = Routes()
    routes.read()
    route = routes.chosen(Channel.sms, 0, clock.now())
    now = left[: _most_now(route)]
    for invitee in now:
        code, moment = new_code(), clock.wall_now()
        expires = moment + lasting("invitation_life")
        _renew(issue, invitee, code, moment, expires)
        invitee.save(update_fields=["code_digest", "written_at", "expires_at"])  # in force before it is read
        invitee.fault = _sent(issue, invitee, code, route)
        invitee.issued_at = None if invitee.fault else clock.wall_now()
        invitee.save(update_fields=["issued_at", "fault"])
    rest = len(left) - len(now)
    issue.done = issue.total - rest
    if rest:
        issue.save(update_fields=["done"])
        return
    unsent = sum(1 for invitee in invitees if invitee.fault)
    _end(issue, moment=clock.wall_now(), fault=f"{unsent}人未能发出，原因见名单。" if unsent else "")


def _most_now(route: Route | None) -> int:
    """How many texts this turn may send: a few, and no more than the gateway takes in a minute."""
    if route is None or not route.per_minute:
        return AT_ONCE
    moment = clock.now()
    lately = Delivery.objects.filter(
        carried_by=route.key, tried_at__gt=moment - timedelta(minutes=1), tried_at__lte=moment
    )
    return max(0, min(AT_ONCE, route.per_minute - lately.count()))


def _sent(issue: InvitationIssue, invitee: Invitee, code: str, route: Route | None) -> str:
    """Hand one text over; why it is not out, or nothing."""
    person, expires = invitee.person, invitee.expires_at
    if not person.phone or expires is None:
        return "未登记手机号，请改用信函"
    words = (
        f"【矿安平台】{person.name}您好，请于{clock.civil(expires):%m月%d日%H:%M}前在{issue.address}开通本人账号，"
        f"邀请码{{}}，限本人使用一次，请勿转告他人。"
    )
    delivery = Delivery.objects.create(
        channel=Channel.sms,
        address=person.phone,
        receiver=person.name,
        text=words.format(HIDDEN),
        status=DeliveryStatus.failed,
        attempts=1,
        last_error="发送中断",
        carried_by_id=(route.key or None) if route else None,
        tried_at=clock.now(),
    )
    delivery.text = words.format(code)
    if route is None:
        outcome = inline_adapter(Channel.sms).send(delivery)
    else:
        outcome = route.gateway.send(message_of(delivery, route.site))
    kept = Delivery.objects.filter(pk=delivery.pk)
    if isinstance(outcome, Sent):
        kept.update(status=DeliveryStatus.sent, sent_at=clock.now(), reference=outcome.reference, last_error="")
        return ""
    kept.update(last_error=outcome.error[:300])
    return outcome.error[:300]


@transaction.atomic
def _end(issue: InvitationIssue, *, moment: datetime | None = None, fault: str = "") -> None:
    """The job is done, or why it is not (then nothing was written; of texts, those that failed)."""
    done = moment is not None
    issue.state = IssueState.done if done else IssueState.failed
    issue.ended_at, issue.fault = moment or clock.wall_now(), fault[:300]
    issue.done = issue.total if done else 0
    issue.ends_at = moment + KEPT if moment is not None and issue.kind != IssueKind.sms else None
    issue.save(update_fields=["state", "ended_at", "fault", "done", "ends_at"])
    data = {"kind": issue.kind, "people": issue.done, "fault": issue.fault}
    record(actor=None, action="invitation_issued", subject=issue.invitation, data=data)


def letters_path(issue: InvitationIssue) -> Path:
    """Where the sealed file of a job lies."""
    return Path(settings.DATA.root) / "letters" / f"{issue.pk}.sealed"


def letters_of(issue: InvitationIssue) -> bytes:
    """The letters in clear. Refused when the file is gone."""
    try:
        return unseal_bytes(letters_path(issue).read_bytes(), _place(issue))
    except FileNotFoundError:
        raise Refused("信函文件已不存在，请重新生成。") from None


def _place(issue: InvitationIssue) -> str:
    return f"letters/{issue.pk}"


def forget_letters() -> int:
    """Remove files whose end has come; how many."""
    gone = [path for path in map(letters_path, outlived_issues(clock.wall_now())) if path.exists()]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
