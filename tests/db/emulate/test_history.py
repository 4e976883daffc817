"""The past of a small demonstration: plausible duties, and entries that the ledgers themselves would have taken."""

from collections import Counter
from datetime import UTC, datetime

from django.db.models import Count

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.casework.rule_states import RuleState
from kuangan.duty.models import Duty
from kuangan.duty.status import Status, status_case
from kuangan.flow.models import RuleRun
from kuangan.law.ledger import ledgers
from kuangan.ledger.models import Entry, EntryFile, Tally
from kuangan.ledger.references import References
from kuangan.ledger.values import EntryRefused, clean
from tests.db.emulate.seeding import seed

IN_A_MONTH = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def statuses() -> Counter[str]:
    """Of the duties that are due, how many have which status."""
    now = clock.now()
    rows = Duty.objects.filter(due_at__lt=now).annotate(status=status_case(now))
    return Counter(dict(rows.values_list("status").annotate(number=Count("pk"))))


def wrong_entries() -> list[str]:
    """What is wrong with stored entries: refused by their ledger, or not as the ledger would have stored them."""
    found = []
    known: dict[int, References] = {}
    for entry in Entry.objects.select_related("unit").order_by("pk"):
        refs = known.setdefault(entry.unit_id, References(entry.unit))
        files = set(entry.files.values_list("attachment", flat=True)) if "files" in _kinds(entry.ledger) else set()
        try:
            made = clean(
                ledgers()[entry.ledger], entry.values, refs, actor=None, kept=files, old=entry.values, parts=entry.parts
            )
        except EntryRefused as refused:
            found.append(f"{entry.ledger} {entry.values}: {refused}")
            continue
        stored = (entry.values, entry.mine_id, entry.path, entry.on, entry.until, entry.key)
        if (made.values, made.mine.pk if made.mine else None, made.path, made.on, made.until, made.key) != stored:
            found.append(f"{entry.ledger} {stored} is not {made}")
    return found


def _kinds(ledger_id: str) -> set[str]:
    return {each.kind for each in ledgers()[ledger_id].fields}


def test_a_small_city_has_a_plausible_past(empty, monkeypatch) -> None:
    """On a day in the middle of a month: in its first hours what the month before left open has just become late."""
    monkeypatch.setattr(clock, "now", lambda: IN_A_MONTH)
    assert seed("--mines", "4", "--without-story") == 0

    found = statuses()
    assert found[Status.met] > 0.8 * found.total()
    assert 0 < found[Status.late] < 0.1 * found.total()
    assert 0 < found[Status.overdue] < 0.15 * found.total()

    states = set(Case.objects.filter(entry__isnull=False).values_list("state", flat=True))
    assert len(states) >= 3, states

    wrong = wrong_entries()
    assert not wrong, (len(wrong), sorted({one.split()[0] for one in wrong}), wrong[:2])
    keyed = Counter(Entry.objects.exclude(key="").values_list("ledger", "unit", "key"))
    assert max(keyed.values()) == 1
    assert EntryFile.objects.exists()

    tallied = dict(Tally.objects.values_list("ledger").annotate(number=Count("unit", distinct=True)))
    assert set(tallied) == set(Entry.objects.values_list("ledger", flat=True))
    counted = Counter(Entry.objects.values_list("ledger", "unit", "path"))
    assert {(one.ledger, one.unit_id, one.path): one.entries for one in Tally.objects.all()} == counted

    assert not RuleRun.objects.exclude(error="").exists()
    stops = RuleState.objects.filter(rule__in=("company_commissioner_off_shift", "faces_above_announced"))
    assert not stops.filter(outcome="found").exists()
