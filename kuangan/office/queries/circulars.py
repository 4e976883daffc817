"""Reads of circulars and of who has signed and answered."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from kuangan.core.models import Attachment, Notice, Unit, User
from kuangan.core.queries import visible_to
from kuangan.core.subject import parsed
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import entries_visible_to
from kuangan.office.actions.circulars import URGED
from kuangan.office.models import Circular, CircularKind, Receipt
from kuangan.office.standing import own_units


def circulars_visible_to(user: User) -> QuerySet[Circular]:
    """Circulars sent by or to a unit in the user's sight, newest first."""
    received = visible_to(user, Receipt.objects.filter(circular=OuterRef("pk")))
    sent = visible_to(user, Circular.objects.all()).values("pk")
    circulars = Circular.objects.filter(Q(pk__in=sent) | Exists(received))
    return circulars.select_related("issuer", "source__issuer").order_by("-sent_at", "-pk")


def sees_whole(user: User, circular: Circular) -> bool:
    """Whether the user sees what every receiver did: those who see the issuer do, receivers see only their own."""
    return visible_to(user, Circular.objects.filter(pk=circular.pk)).exists()


def receipts_visible_to(user: User, circular: Circular) -> QuerySet[Receipt]:
    """The receipts of one circular in the user's sight, by place, with the files of their answers (``sent_files``)."""
    receipts = Receipt.objects.filter(circular=circular)
    seen = receipts if sees_whole(user, circular) else visible_to(user, receipts)
    seen = seen.prefetch_related(Prefetch("files", to_attr="sent_files"))
    return seen.select_related(
        "unit__parent", "notice__received_by__person", "feedback_by__person", "forwarded"
    ).order_by("path")


def own_receipts(user: User, circular: Circular) -> QuerySet[Receipt]:
    """The receipts of the user's own units, for which he may sign, answer and pass on."""
    return Receipt.objects.filter(circular=circular, unit__in=own_units(user)).select_related("notice", "unit")


def counts_of(user: User, circular: Circular) -> Circular | None:
    """The circular with the counts of :func:`with_counts`, for those who see the whole of it; None for all others."""
    return with_counts(visible_to(user, Circular.objects.filter(pk=circular.pk))).first()


def forwards_of(user: User, circular: Circular) -> QuerySet[Circular]:
    """The circulars by which receivers in sight passed this one on, with counts."""
    receipts = receipts_visible_to(user, circular).order_by().values("pk")
    return with_counts(Circular.objects.filter(forwarded_by__in=receipts)).select_related("issuer")


def papers_with(user: User, circular: Circular) -> QuerySet[Attachment]:
    """The files that were sent with a circular, for whoever sees it."""
    seen = circulars_visible_to(user).filter(pk=circular.pk).order_by().values("attachments")
    return Attachment.objects.filter(pk__in=seen)


def files_of(user: User, circular: Circular) -> QuerySet[Attachment]:
    """Every file of a circular that the user may open: those sent with it and those of answers in sight."""
    answers = receipts_visible_to(user, circular).order_by().values("files")
    return Attachment.objects.filter(Q(pk__in=papers_with(user, circular).values("pk")) | Q(pk__in=answers))


def receipt_of(notice: Notice) -> Receipt | None:
    """The receipt that is signed for by a notice: of the circular itself, or of the one that it urges to sign for."""
    receipts = Receipt.objects.select_related("circular", "notice")
    if notice.kind == URGED:
        told = parsed(notice.link)
        pk = int(told.key) if told is not None and told.kind == "circular" else 0
        return receipts.filter(circular=pk, unit=notice.unit_id, notice__received_at=None).first()
    return receipts.filter(notice=notice).first()


def sent_by_offices(user: User) -> QuerySet[Circular]:
    """What offices in the user's sight sent, with counts of receivers, signatures and answers."""
    return with_counts(visible_to(user, Circular.objects.all())).select_related("issuer").order_by("-sent_at", "-pk")


def with_counts(circulars: QuerySet[Circular]) -> QuerySet[Circular]:
    """The circulars with ``to``, ``signed``, ``unsigned``, ``answered`` and ``unanswered``."""
    return circulars.annotate(
        to=Count("receipts"),
        signed=Count("receipts", filter=Q(receipts__notice__received_at__isnull=False)),
        unsigned=Count("receipts", filter=Q(receipts__notice__received_at__isnull=True)),
        unanswered=Count("receipts", filter=Q(receipts__feedback_at__isnull=True)),
        answered=Count("receipts", filter=Q(receipts__feedback_at__isnull=False)),
    )


def received_by(user: User) -> QuerySet[Receipt]:
    """What was sent to the user's own units, newest first."""
    receipts = Receipt.objects.filter(unit__in=own_units(user))
    return receipts.select_related("circular__issuer", "unit", "notice__received_by__person").order_by(
        "-circular__sent_at", "-pk"
    )


def receipts_of(offices: Iterable[Unit]) -> QuerySet[Receipt]:
    """What these offices sent, one row for each receiver."""
    return Receipt.objects.filter(circular__issuer__in=list(offices))


def open_receipts(receipts: QuerySet[Receipt]) -> QuerySet[Receipt]:
    """Those that still want a signature or an answer."""
    unsigned = Q(notice__received_at__isnull=True)
    unanswered = Q(circular__feedback_due_at__isnull=False, feedback_at__isnull=True)
    return receipts.filter(unsigned | unanswered, circular__withdrawn_at__isnull=True)


def late_receipts(receipts: QuerySet[Receipt], at: datetime) -> QuerySet[Receipt]:
    """Those whose due time has passed without an answer."""
    return receipts.filter(
        circular__feedback_due_at__lte=at, feedback_at__isnull=True, circular__withdrawn_at__isnull=True
    )


def chain_of(circular: Circular) -> list[Circular]:
    """The circulars it was forwarded from, the first one first."""
    chain: list[Circular] = []
    source = circular.source
    while source is not None and source not in chain:
        chain.insert(0, source)
        source = source.source
    return chain


STUDIES = "circular_study"
"""The ledger in which a mine notes how it studied an accident circular."""


def studies_of(user: User, circular: Circular) -> dict[int, Entry]:
    """By unit: the newest entry in sight that studies this circular, found by its number. None for one without number."""
    if circular.kind != CircularKind.circular or not circular.number:
        return {}
    units = circular.receipts.values("unit")
    studies = entries_visible_to(user, STUDIES).filter(unit__in=units, values__circular_number=circular.number)
    return {entry.unit_id: entry for entry in studies.order_by("on", "pk")}
