"""Tells the section above of what rules newly found in ledgers: one notice a rule and section, however many it names."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from kuangan.casework.models import Finding
from kuangan.core.actions import send_notice
from kuangan.core.models import Unit, UnitKind
from kuangan.core.subject import about
from kuangan.flow.rules.facts import RuleSubject
from kuangan.law.role import Role
from kuangan.law.rule import Rule

NAMED = 5
"""How many units a notice names before it only counts them."""


def tell_supervisors(rule: Rule, new_findings: Sequence[tuple[RuleSubject, Finding]], at: datetime) -> None:
    """Tell the daily supervising body of a mine, the city's bureau of any other unit."""
    if not new_findings:
        return
    city = {bureau.scope_path: bureau for bureau in Unit.objects.filter(kind=UnitKind.city_bureau)}
    by_unit: dict[Unit, list[tuple[RuleSubject, Finding]]] = defaultdict(list)
    for subject, finding in new_findings:
        above = subject.mine.supervisor if subject.mine else city.get(subject.unit.path.split("/", 1)[0] + "/")
        if above is not None:
            by_unit[above].append((subject, finding))
    for unit, told in by_unit.items():
        _tell(rule, unit, told, at)


def _tell(rule: Rule, unit: Unit, told: Sequence[tuple[RuleSubject, Finding]], at: datetime) -> None:
    names = "、".join(subject.unit.name for subject, _ in told[:NAMED])
    more = f"等{len(told)}个单位" if len(told) > NAMED else ""
    reason = told[0][1].reason
    send_notice(
        actor=None,
        unit=unit,
        role=Role.section_head,
        title=f"新发现问题：{rule.title}"[:200],
        body=reason if len(told) == 1 else f"{names}{more}违反“{rule.title}”，请核实并督促整改。",
        kind="finding",
        subject=about("rule_states", rule=rule.id),
        at=at,
    )
