"""The open questions of law: what the corpus assumes, what rests on it, and who can say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from kuangan.law import content, instrument, limit, local, register
from kuangan.law.answers.resting import Dependants, dependants
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.lawcheck.citations import dated_values, uses
from kuangan.law.ledger import ledgers

COUNSEL: Final = "法律顾问"
LOCAL: Final = "local"
KINDS: Final = {
    LOCAL: "本地取值",
    "limits": "限值",
    "instruments": "法规文本",
    "rules": "规则数值",
    "procedures": "程序数值",
    "obligations": "履职事项",
    "ledgers": "台账",
}


@dataclass(frozen=True)
class OpenQuestion:
    """One open question. ``kind`` and ``key`` name what is assumed; ``since``: from which day on it is; ``ask``: who can say.

    Only a local value (``kind`` local) is answered by the city itself, the others with the corpus.
    """

    kind: str
    key: str
    subject: str
    text: str
    value: Any
    cite: str
    measure: str
    since: date | None
    rests: Dependants
    ask: str


@cache
def questions() -> tuple[OpenQuestion, ...]:
    """All of them: what the city's lawyer has to say first, then those on which most rests."""
    parts = (_locals(), _limits(), _instruments(), _numbers(), _items())
    asked = [question for part in parts for question in part]
    return tuple(
        sorted(
            asked,
            key=lambda question: (COUNSEL not in question.ask, -question.rests.count, question.kind, question.key),
        )
    )


def _locals() -> Iterator[OpenQuestion]:
    for entry in local.packaged_values():
        assumed = [value for value in entry.values if value.assumed]
        if assumed:
            newest = assumed[-1]
            yield OpenQuestion(
                LOCAL,
                entry.key,
                entry.meaning,
                newest.assumed,
                newest.value,
                instrument.cite_text(newest.cite),
                entry.measure,
                assumed[0].valid_from,
                dependants(entry.key),
                _who(newest.assumed, entry.measure),
            )


def _limits() -> Iterator[OpenQuestion]:
    for quantity in limit.quantities().values():
        for edition in quantity.editions:
            for point in edition.points.values():
                if point.assumed:
                    yield OpenQuestion(
                        "limits",
                        f"{quantity.id}.{point.place}",
                        point.place_text,
                        point.assumed,
                        limit.set_point_text(point),
                        instrument.cite_text(point.cite),
                        quantity.measure,
                        edition.valid_from,
                        Dependants(rules=tuple(rule.id for rule in content.rules_of("definition_received"))),
                        _who(point.assumed, quantity.measure),
                    )


def _instruments() -> Iterator[OpenQuestion]:
    for law in instrument.instruments().values():
        if law.assumed:
            title = f"《{law.title}》{law.number}"
            asked = "发文机关（索取原文）"
            yield OpenQuestion(
                "instruments", law.id, title, law.assumed, title, title, "", law.in_force_from, _resting(law.id), asked
            )


def _resting(instrument_id: str) -> Dependants:
    """What cites an instrument."""
    cited: dict[str, dict[str, None]] = {}
    for use in uses():
        if use.cite.instrument == instrument_id:
            kind, _, item = use.where.partition("/")
            cited.setdefault(kind, {})[item] = None
    kinds = ("rules", "obligations", "ledgers", "procedures", "papers")
    return Dependants(**{kind: tuple(cited.get(kind, ())) for kind in kinds})


def _numbers() -> Iterator[OpenQuestion]:
    """Dated numbers that stand in a rule or a procedure itself."""
    for where, dated in dated_values():
        kind, item, name = where.split("/")
        for value in dated.values:
            if value.assumed:
                rests = Dependants(rules=(item,)) if kind == "rules" else Dependants(procedures=(item,))
                cited = instrument.cite_text(value.cite)
                yield OpenQuestion(
                    kind, f"{item}.{name}", item, value.assumed, value.value, cited, "", value.valid_from, rests, ""
                )


def _items() -> Iterator[OpenQuestion]:
    """Duties and ledgers that are assumed as such."""
    for duty in obligations().values():
        if duty.assumed:
            cited, rests = instrument.cite_text(duty.cite), Dependants(obligations=(duty.id,))
            asked = _who(duty.assumed, duty.measure)
            yield OpenQuestion(
                "obligations",
                duty.id,
                duty.title,
                duty.assumed,
                duty.title,
                cited,
                duty.measure,
                duty.valid_from,
                rests,
                asked,
            )
    for ledger in ledgers().values():
        if ledger.assumed:
            cited, rests = instrument.cite_text(ledger.cite), Dependants(ledgers=(ledger.id,))
            asked = _who(ledger.assumed, ledger.measure)
            yield OpenQuestion(
                "ledgers",
                ledger.id,
                ledger.title,
                ledger.assumed,
                ledger.title,
                cited,
                ledger.measure,
                None,
                rests,
                asked,
            )


def _who(question: str, measure: str) -> str:
    """The city's lawyer where the question names him, else those who answer for the measure."""
    return f"市局{COUNSEL}" if COUNSEL in question else register.measure(measure).units_text
