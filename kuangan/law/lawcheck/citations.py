"""Every citation names a known place of an instrument that is in force on the days it is used for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from kuangan.base.clock import civil_date
from kuangan.law import content, instrument, limit, local, paper
from kuangan.law.cite import Cite
from kuangan.law.duty.obligation_file import obligations
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.ledger import ledgers
from kuangan.law.rule import Rule, Unknown
from kuangan.law.time.dated import Dated, Value

EXACT: Final = ("rules", "obligations", "ledgers", "local")
"""Items that rest on one sentence of the law: of an article with several paragraphs they cite the one."""


@dataclass(frozen=True)
class Use:
    """A citation with the days it is used for; ``until`` None: still used."""

    where: str
    cite: Cite
    first: date | None
    until: date | None


def check() -> Iterator[Problem]:
    """Problems of citations, and of instruments among themselves."""
    for use in uses():
        yield from problems_of(use)
    yield from _supersession()


def uses() -> Iterator[Use]:
    """Every citation of the corpus."""
    for rule in content.rules():
        yield from _of_rule(rule)
    for where, dated in dated_values():
        yield from intervals(where, dated.values)
    for procedure in content.procedures():
        parts: list[Any] = [procedure, *procedure.moves, *procedure.clocks]
        yield from (Use(f"procedures/{procedure.id}", cite, None, None) for part in parts for cite in part.cites)
    for duty in obligations().values():
        yield Use(f"obligations/{duty.id}", duty.cite, duty.valid_from, duty.valid_to)
    for ledger in ledgers().values():
        yield Use(f"ledgers/{ledger.id}", ledger.cite, None, None)
    for template in paper.templates():
        yield from (Use(f"papers/{template.id}", cite, None, None) for cite in template.cites)
    for entry in local.all_values():
        yield from intervals(f"local/{entry.city}/{entry.key}", entry.values)
    yield from _limits()


def _of_rule(rule: Rule) -> Iterator[Use]:
    """What a rule cites, from its first example on that says something; what follows an edition that it cites for the past, from its own day on."""
    first = min((civil_date(example.at) for example in rule.examples if example.outcome is not Unknown), default=None)
    ended = {cite.instrument for cite in rule.past}
    for cite in rule.cites:
        cited = instrument.instruments().get(cite.instrument)
        yield Use(f"rules/{rule.id}", cite, None if cited and ended & {*cited.supersedes} else first, None)
    for cite in rule.past:
        cited = instrument.instruments().get(cite.instrument)
        yield Use(f"rules/{rule.id}", cite, None, cited.in_force_to if cited else None)


def dated_values() -> Iterator[tuple[str, Dated[Any]]]:
    """Every dated value that a rule's or procedure's module names."""
    for folder in ("rules", "procedures"):
        for module in content.modules(folder):
            for name, item in vars(module).items():
                if isinstance(item, Dated):
                    yield f"{folder}/{module.__name__.rpartition('.')[2]}/{name}", item


def _limits() -> Iterator[Use]:
    for quantity in limit.quantities().values():
        ends: list[date | None] = [edition.valid_from for edition in quantity.editions[1:]]
        for edition, until in zip(quantity.editions, [*ends, None], strict=True):
            cites = {point.cite for point in edition.points.values()}
            yield from (Use(f"limits/{quantity.id}", cite, edition.valid_from, until) for cite in cites)


def intervals(where: str, values: Iterable[Value[Any]]) -> Iterator[Use]:
    """The citation of each of successive values with the days on which it holds."""
    ordered = list(values)
    ends: list[date | None] = [value.valid_from for value in ordered[1:]]
    for value, until in zip(ordered, [*ends, None], strict=True):
        yield Use(where, value.cite, value.valid_from, value.valid_to or until)


def problems_of(use: Use) -> Iterator[Problem]:
    """What is wrong with one use of a citation."""
    if use.cite.instrument not in instrument.instruments():
        yield Problem("citation", use.where, f"没有法规 {use.cite.instrument!r}，请补充 corpus/instruments")
        return
    if not instrument.has_article(use.cite):
        yield Problem("citation", use.where, f"{instrument.cite_text(use.cite)}不存在或者未收录，请核对条、款、项")
    elif use.where.split("/")[0] in EXACT and instrument.is_vague(use.cite):
        yield Problem("citation", use.where, f"{instrument.cite_text(use.cite)}有数款，请引用到款、项")
    cited = instrument.instrument_by_id(use.cite.instrument)
    if use.first and not cited.in_force(use.first):
        yield Problem("citation", use.where, f"《{cited.title}》在 {use.first} 未施行")
    last = use.until - timedelta(days=1) if use.until else None
    if cited.in_force_to and (last is None or last >= cited.in_force_to):
        yield Problem("citation", use.where, f"《{cited.title}》自 {cited.in_force_to} 起不再施行，此处仍在引用")


def _supersession() -> Iterator[Problem]:
    for law in instrument.instruments().values():
        for old in law.supersedes:
            if old not in instrument.instruments():
                yield Problem("citation", f"instruments/{law.id}", f"所替代的 {old!r} 未收录")
            elif instrument.instrument_by_id(old).in_force_to != law.in_force_from:
                yield Problem("citation", f"instruments/{old}", f"失效日期应为替代文件的施行日期 {law.in_force_from}")
    yield from _editions()


def _editions() -> Iterator[Problem]:
    """Editions of one title: the older one ends where the newer one, which replaces it, begins."""
    by_title: dict[str, list[instrument.Instrument]] = defaultdict(list)
    for law in sorted(instrument.instruments().values(), key=lambda edition: edition.in_force_from):
        by_title[law.title].append(law)
    for editions in by_title.values():
        for old, new in pairwise(editions):
            if old.id not in new.supersedes:
                yield Problem("citation", f"instruments/{new.id}", f"同名的 {old.id} 为旧版，请在 supersedes 中写明")
