"""Everything the corpus assumes, each with its open question."""

from collections.abc import Iterator
from dataclasses import dataclass

from kuangan.law import instrument, limit, local
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.lawcheck.citations import dated_values
from kuangan.law.ledger import ledgers


@dataclass(frozen=True)
class Assumed:
    """Where it stands, the value taken until the answer comes, what it leans on, and the open question."""

    where: str
    value: str
    cite: str
    question: str


def assumed() -> list[Assumed]:
    """All assumed values: local ones, limits, instruments, and those of rules and procedures."""
    return [*_locals(), *_limits(), *_instruments(), *_dated(), *_duties()]


def _locals() -> Iterator[Assumed]:
    for entry, value in local.assumed_values():
        where = f"local/{entry.city}/{entry.key}@{value.valid_from}"
        yield Assumed(where, str(value.value), instrument.cite_text(value.cite), value.assumed)


def _limits() -> Iterator[Assumed]:
    for quantity in limit.quantities().values():
        for edition in quantity.editions:
            for point in edition.points.values():
                if point.assumed:
                    where = f"limits/{quantity.id}/{point.place}@{edition.valid_from}"
                    yield Assumed(where, limit.set_point_text(point), instrument.cite_text(point.cite), point.assumed)


def _instruments() -> Iterator[Assumed]:
    for law in instrument.instruments().values():
        if law.assumed:
            yield Assumed(f"instruments/{law.id}", f"《{law.title}》{law.number}", law.number or law.title, law.assumed)


def _dated() -> Iterator[Assumed]:
    for where, dated in dated_values():
        for value in dated.values:
            if value.assumed:
                cite = instrument.cite_text(value.cite)
                yield Assumed(f"{where}@{value.valid_from}", str(value.value), cite, value.assumed)


def _duties() -> Iterator[Assumed]:
    for kind, items in (("obligations", obligations()), ("ledgers", ledgers())):
        for item in items.values():
            if item.assumed:
                yield Assumed(f"{kind}/{item.id}", item.title, instrument.cite_text(item.cite), item.assumed)
