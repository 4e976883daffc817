"""What an entry may say only once the problems that another one found are put right (先执法、后验收)."""

from collections.abc import Iterable

from kuangan.casework.models import Case
from kuangan.flow.credit.matching import agrees
from kuangan.law.ledger import ledger_by_id
from kuangan.ledger.models import Entry
from kuangan.ledger.queries import CURRENT
from kuangan.ledger.values import EntryRefused


def require_settled(entries: Iterable[Entry]) -> None:
    """Refuse entries that name no other where they must, or one whose cases are open; call it in the transaction that writes them.

    Raises :class:`EntryRefused` naming the field.
    """
    for entry in entries:
        ledger = ledger_by_id(entry.ledger)
        rule = ledger.settled_first
        if rule is None or entry.voided or entry.values.get(rule.unless):
            continue
        if not all(agrees(entry.values.get(name), word) for name, word in rule.where.items()):
            continue
        number = entry.values.get(rule.field)
        if not number:
            raise EntryRefused(ledger, {rule.field: rule.message})
        of = ledger.field(rule.field).of[0]
        if not Entry.objects.filter(CURRENT, ledger=of, serial=number, mine=entry.mine).exists():
            raise EntryRefused(ledger, {rule.field: f"第{number}号不是对该矿的检查，请重新选择"})
        waiting = Case.objects.filter(entry__ledger=of, entry__serial=number, closed_at=None).count()
        if waiting:
            raise EntryRefused(ledger, {rule.field: f"第{number}号检查尚有{waiting}项问题未销号：{rule.message}"})
