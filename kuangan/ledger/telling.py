"""What the supervised are told of the entries that offices keep: a decision from its publication on, not its preparation."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from kuangan.base import clock
from kuangan.core.models import UnitKind
from kuangan.core.queries import is_supervised
from kuangan.law.content import rules_of
from kuangan.law.ledger import NEVER, Ledger, ledgers
from kuangan.ledger.models import Entry

THEMSELVES = Q(unit__kind__in=(UnitKind.mine, UnitKind.company))


def preparing() -> list[Ledger]:
    """The ledgers whose entries the supervised do not see from their recording on."""
    return [ledger for ledger in ledgers().values() if ledger.told_from]


def rules_on_preparing() -> list[str]:
    """The rules whose words rest on such entries."""
    names = {ledger.id for ledger in preparing()}
    return [rule.id for rule in rules_of("ledger") if names.intersection(rule.reads)]


def told_to(user: object, entries: QuerySet[Entry], among: Iterable[Ledger]) -> QuerySet[Entry]:
    """Of the entries of some ledgers (``among``) only the versions that the user may know of."""
    if not is_supervised(user):
        return entries
    for ledger in among:
        if ledger.told_from:
            entries = entries.filter(~Q(ledger=ledger.id) | THEMSELVES | _told(ledger))
    return entries


def _told(ledger: Ledger) -> Q:
    """Which versions were told: what names the telling is filled, its day has come, and each authority has written its part."""
    if ledger.told_from == NEVER:
        return Q(pk__in=())
    name = f"values__{ledger.told_from}"
    dated = ledger.field(ledger.told_from).kind == "date"
    told = (
        Q(**{f"{name}__lte": clock.civil_date(clock.now()).isoformat()}) if dated else Q(**{f"{name}__isnull": False})
    )
    for part in ledger.confirmations:
        if part.official and not part.unasked:
            written = Q(confirmed__regex=rf"(^| ){part.id}( |$)")
            told &= written | ~Q(unit__kind__in=part.kept_by) if part.kept_by else written
    return told
