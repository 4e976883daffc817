"""Sending, forwarding, answering and urging notices, assignments and accident circulars."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions import count_urges, end_notices, record, send_notice, sign_for_notice
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, Notice, Unit, User
from kuangan.core.subject import about
from kuangan.office.models import Circular, CircularKind, Receipt
from kuangan.office.standing import acting_at, acting_office, checked_receivers

NOTICE = "office"
URGED = "office_urge"


@transaction.atomic
def send_circular(
    *,
    actor: User,
    issuer: Unit,
    kind: CircularKind | str,
    title: str,
    body: str,
    receivers: Iterable[Unit],
    number: str = "",
    feedback_due_at: datetime | None = None,
    attachments: Iterable[Attachment] = (),
    source: Circular | None = None,
    at: datetime | None = None,
) -> Circular:
    """Send a circular; every receiver gets a notice to sign for.

    Refused: an issuer the actor does not act for, receivers outside its area, an assignment without due time,
    an accident circular without number, a due time that has passed.
    """
    moment = at or clock.now()
    hold = acting_office(actor, issuer, moment)
    units, kind = checked_receivers(issuer, receivers), CircularKind(kind)
    _require_complete(kind, number, feedback_due_at, moment)
    made = Circular.objects.create(
        kind=kind,
        number=number,
        title=title,
        body=body,
        issuer=issuer,
        path=issuer.path,
        source=source,
        feedback_due_at=feedback_due_at,
        sent_at=moment,
        sent_by=actor,
    )
    made.attachments.set(attachments)
    _tell(actor, made, units, moment)
    content = {"title": title, "kind": made.kind, "to": [unit.code for unit in units], "due_at": feedback_due_at}
    record(actor=actor, action="circular_sent", subject=made, data=content, at=moment, acting_for=hold.acting_for)
    return made


def enter_circular(*, circular: Circular, entry: int) -> Circular:
    """Note the serial of the entry under which an accident circular is recorded; in the transaction that sends it."""
    circular.entry = entry
    circular.save(update_fields=["entry"])
    return circular


def _require_complete(kind: CircularKind, number: str, feedback_due_at: datetime | None, at: datetime) -> None:
    if kind == CircularKind.assignment and feedback_due_at is None:
        raise Refused("交办事项须写明反馈期限。")
    if kind == CircularKind.circular and not number.strip():
        raise Refused("事故通报须填写文号，接收单位的学习登记据此对应。")
    if feedback_due_at is not None and feedback_due_at <= at:
        raise Refused("反馈期限早于当前时间，请重新填写。")


def _tell(actor: User, circular: Circular, receivers: Iterable[Unit], at: datetime) -> None:
    for unit in receivers:
        notice = send_notice(
            actor=actor,
            unit=unit,
            title=f"{circular.get_kind_display()}：{circular.title}"[:200],
            body=circular.body[:500],
            kind=NOTICE,
            subject=about("circular", circular.pk),
            due_at=circular.feedback_due_at,
            at=at,
        )
        Receipt.objects.create(circular=circular, unit=unit, path=unit.path, notice=notice)


@transaction.atomic
def forward_circular(
    *, actor: User, receipt: Receipt, receivers: Iterable[Unit], remark: str = "", at: datetime | None = None
) -> Circular:
    """Pass a received circular on to units of one's own area, with files and due time; the chain stays visible.

    Refused: not signed for yet, passed on before, withdrawn; otherwise as :func:`send_circular`.
    """
    moment = at or clock.now()
    own = _received(receipt)
    given = own.circular
    if own.forwarded_id is not None:
        raise Refused(f"《{given.title}》已由{own.unit.name}转发，请在转发件中查看签收情况。")
    due = given.feedback_due_at
    late = due is not None and due <= moment
    made = send_circular(
        actor=actor,
        issuer=own.unit,
        kind=CircularKind.notice if late else given.kind,
        title=given.title,
        body=f"{remark}\n\n{given.body}" if remark else given.body,
        receivers=receivers,
        number=given.number,
        feedback_due_at=None if late else due,
        attachments=given.attachments.all(),
        source=given,
        at=moment,
    )
    own.forwarded = made
    own.save(update_fields=["forwarded"])
    record(
        actor=actor, action="circular_forwarded", subject=given, data={"by": own.unit.code, "as": made.pk}, at=moment
    )
    return made


@transaction.atomic
def sign_circular(*, actor: User, receipt: Receipt, at: datetime | None = None) -> Receipt:
    """Sign for a circular on behalf of the receiving unit; its reminders end. Refused as ``core`` refuses."""
    moment = at or clock.now()
    sign_for_notice(actor=actor, notice=receipt.notice, at=moment)
    end_urges(actor=actor, receipt=receipt, at=moment)
    return receipt


def end_urges(*, actor: User | None, receipt: Receipt, at: datetime) -> None:
    """What was urged is done: reminders about this circular ask the unit no more."""
    link = str(about("circular", receipt.circular_id))
    end_notices(actor=actor, notices=Notice.objects.filter(unit=receipt.unit_id, kind=URGED, link=link), at=at)


@transaction.atomic
def give_feedback(
    *, actor: User, receipt: Receipt, text: str, files: Iterable[Attachment] = (), at: datetime | None = None
) -> Receipt:
    """Answer a circular. Refused: no feedback is asked for, not signed for yet, answered before and not sent back."""
    moment = at or clock.now()
    own = _received(receipt)
    hold = acting_at(actor, own.unit, moment)
    if own.circular.feedback_due_at is None:
        raise Refused("该通知未要求反馈。")
    if own.feedback_at is not None:
        raise Refused("本单位已反馈；如需更正，请联系发出单位退回后重新反馈。")
    if not text.strip():
        raise Refused("请填写反馈内容。")
    own.feedback, own.feedback_at, own.feedback_by, own.returned_at = text.strip(), moment, actor, None
    own.save(update_fields=["feedback", "feedback_at", "feedback_by", "returned_at"])
    own.files.set(files)
    content = {"unit": own.unit.code, "text": own.feedback, "files": [file.pk for file in own.files.all()]}
    record(
        actor=actor, action="feedback_given", subject=own.circular, data=content, at=moment, acting_for=hold.acting_for
    )
    end_urges(actor=actor, receipt=own, at=moment)
    return own


@transaction.atomic
def return_feedback(*, actor: User, receipt: Receipt, reason: str, at: datetime | None = None) -> Receipt:
    """Send a feedback back to be given anew. Refused: none was given, no reason."""
    moment = at or clock.now()
    own = Receipt.objects.select_for_update(of=("self",)).select_related("circular__issuer", "unit").get(pk=receipt.pk)
    acting_office(actor, own.circular.issuer, moment)
    if own.feedback_at is None or not reason.strip():
        raise Refused("请在对方反馈后填写退回原因。")
    own.feedback_at, own.feedback_by, own.returned_at, own.returned_for = None, None, moment, reason.strip()
    own.save(update_fields=["feedback_at", "feedback_by", "returned_at", "returned_for"])
    content = {"unit": own.unit.code, "reason": reason, "text": own.feedback}
    record(actor=actor, action="feedback_returned", subject=own.circular, data=content, at=moment)
    _urge(actor, own, f"反馈被退回：{reason.strip()}", moment)
    return own


@transaction.atomic
def urge_receivers(*, actor: User, circular: Circular, at: datetime | None = None) -> int:
    """Remind every receiver that has not signed, or has not answered what it must; returns how many. Refused: nobody to urge."""
    moment = at or clock.now()
    acting_office(actor, circular.issuer, moment)
    receipts = circular.receipts.select_for_update(of=("self",)).select_related("circular", "unit", "notice")
    open_ones = [receipt for receipt in receipts if _is_open(receipt)]
    if circular.withdrawn_at or not open_ones:
        raise Refused("没有需要催办的单位。")
    matter = f"circular/{circular.pk}"
    kept = count_urges(actor=actor, targets=[(matter, receipt.unit) for receipt in open_ones], at=moment)
    open_ones = [receipt for receipt in open_ones if (matter, receipt.unit_id) in kept]
    for receipt in open_ones:
        what = "请尽快签收" if receipt.notice.received_at is None else "请尽快反馈办理情况"
        _urge(actor, receipt, f"{circular.issuer.name}催办：{what}。", moment)
    content = {"units": [receipt.unit.code for receipt in open_ones]}
    record(actor=actor, action="circular_urged", subject=circular, data=content, at=moment)
    return len(open_ones)


def _is_open(receipt: Receipt) -> bool:
    """Whether the receiver still owes its signature or its feedback."""
    unanswered = receipt.circular.feedback_due_at is not None and receipt.feedback_at is None
    return receipt.notice.received_at is None or unanswered


def _urge(actor: User, receipt: Receipt, text: str, at: datetime) -> None:
    send_notice(
        actor=actor,
        unit=receipt.unit,
        title=f"催办：{receipt.circular.title}"[:200],
        body=text,
        kind=URGED,
        subject=about("circular", receipt.circular_id),
        channels=("screen", "sms"),
        due_at=receipt.circular.feedback_due_at,
        at=at,
    )
    receipt.urged, receipt.urged_at = receipt.urged + 1, at
    receipt.save(update_fields=["urged", "urged_at"])


def _received(receipt: Receipt) -> Receipt:
    """The receipt, locked. Refused while it is not signed for and once the circular is withdrawn."""
    own = (
        Receipt.objects.select_for_update(of=("self",))
        .select_related("circular__issuer", "unit", "notice")
        .get(pk=receipt.pk)
    )
    if own.circular.withdrawn_at is not None:
        raise Refused(f"《{own.circular.title}》已由{own.circular.issuer.name}撤回。")
    if own.notice.received_at is None:
        raise Refused("请先签收，再转发或反馈。")
    return own
