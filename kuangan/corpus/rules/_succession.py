"""Three reserves (三量) and the other conditions by which mining succession is tight."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from kuangan.corpus.rules._leadership import not_at_work
from kuangan.corpus.rules._ledger import entries_of, entry, facts_of, number
from kuangan.law.cite import Cite
from kuangan.law.ledger import ledger_by_id
from kuangan.law.local import local, local_decimal
from kuangan.law.rule import Outcome, Unknown
from kuangan.law.topic import EntryFact, LedgerFacts

LAW: Final = (Cite("succession_measures_2018", "2"), Cite("succession_measures_2018", "3"))
CONDITIONS: Final = (
    "protective_seam_skipped",
    "gate_before_systems",
    "too_many_faces",
    "face_shortened",
    "seam_unsettled",
    "drainage_cut",
    "mined_before_systems",
    "other_tight",
)
ASKED: Final = {"gas_grade": "瓦斯等级", "hydrology": "水文地质类型", "rock_burst": "冲击地压"}
"""Attributes that decide which minimum applies."""


@dataclass(frozen=True)
class Short:
    """A reserve below its minimum."""

    text: str


def newest(facts: LedgerFacts, today: date) -> EntryFact | Outcome:
    """The newest calculation of a mine at work; or the outcome where there is none that counts."""
    idle = not_at_work(facts)
    if idle is not None:
        return idle
    reserves = entries_of(facts, "succession_reserve")
    oldest = today - timedelta(days=int(local("succession.stale_days", today).value))
    if not reserves or reserves[-1].on < oldest:
        return Unknown("近两个月没有三量测算数据")
    missing = [text for name, text in ASKED.items() if facts.attribute(name, reserves[-1].on) is None]
    return Unknown(f"{'、'.join(missing)}未登记，无法确定三量下限") if missing else reserves[-1]


def shortages(facts: LedgerFacts, reserve: EntryFact) -> list[Short]:
    """Reserves below their minimum for this kind of mine; an exhausted mine or a planned closure has none."""
    if reserve.values.get("exhausted"):
        return []
    short = []
    for name, key, unit in (
        ("developed", f"succession.minimum_developed.{_developed(facts, reserve.on)}", "年"),
        ("prepared", f"succession.minimum_prepared.{_prepared(facts, reserve.on)}", "个月"),
        ("ready", f"succession.minimum_ready.{'several' if reserve.values['coal_faces'] > 1 else 'single'}", "个月"),
    ):
        least = local_decimal(key, reserve.on)
        if reserve.values[name] < least:
            label = ledger_by_id("succession_reserve").field(name).label
            short.append(Short(f"{label}{number(reserve.values[name])}{unit}，低于{number(least)}{unit}"))
    return short


def imbalance(facts: LedgerFacts, reserve: EntryFact, today: date) -> list[str]:
    """Why drainage, driving and winning are out of balance: as many reserves short as the local value names, or drainage behind winning."""
    short = [shortage.text for shortage in shortages(facts, reserve)]
    drained = reserve.values.get("drained")
    counts = bool(local("succession.imbalance_drainage", today).value)
    behind = counts and drained is not None and drained < reserve.values["ready"]
    if len(short) < int(local("succession.imbalance_short", today).value) and not behind:
        return []
    return [*short, "抽采达标煤量小于回采煤量"] if behind else short


def conditions(reserve: EntryFact) -> list[str]:
    """The other conditions that the mine has ticked."""
    return [ledger_by_id("succession_reserve").field(name).label for name in CONDITIONS if reserve.values.get(name)]


def _developed(facts: LedgerFacts, on: date) -> str:
    gas, water, burst = _kind(facts, on)
    if gas == "outburst" or water == "extremely_complex" or burst:
        return "severe"
    return "grave" if gas == "high_gas" or water == "complex" else "other"


def _prepared(facts: LedgerFacts, on: date) -> str:
    gas, water, burst = _kind(facts, on)
    return "severe" if gas == "outburst" or water in ("complex", "extremely_complex") or burst else "other"


def _kind(facts: LedgerFacts, on: date) -> tuple[str | None, str | None, bool]:
    """What decides the minimum, as it was on the day of the calculation."""
    return (
        facts.attribute("gas_grade", on),
        facts.attribute("hydrology", on),
        facts.attribute("rock_burst", on) == "yes",
    )


def reserve_facts(
    developed: str, prepared: str, ready: str, *, on: str = "2026-03-31", faces: int = 1, **more: object
) -> LedgerFacts:
    """A calculation for examples; keywords that name attributes go to the mine, others into the entry."""
    attributes = {"gas_grade": "low_gas", "hydrology": "medium", "rock_burst": "no"}
    attributes |= {
        name: str(more.pop(name)) for name in ("gas_grade", "hydrology", "rock_burst", "status") if name in more
    }
    reserves = {"developed": Decimal(developed), "prepared": Decimal(prepared), "ready": Decimal(ready)}
    reserve_entry = entry("r", on, coal_faces=faces, **reserves, **more)
    return facts_of({"succession_reserve": (reserve_entry,)}, **attributes)
