"""Duty reports: the monthly bulletin (履职月报) and the quarterly ranking (季度排名), drafted, edited and issued."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kuangan.base.period import Period
from kuangan.core.errors import Refused
from kuangan.core.models import Unit, UnitKind, User
from kuangan.core.queries import Hold, roles_of
from kuangan.core.signing import Act, Confirmation, PaperSheet, Verb, paper_subject
from kuangan.flow.credit import credits as credit
from kuangan.law.role import Role
from kuangan.overview.figures.report_figures import bulletin, ranking
from kuangan.overview.figures.report_papers import bulletin_fields, ranking_fields
from kuangan.paper.actions import draft_paper, freeze_paper, revise_paper
from kuangan.paper.models import Paper

OFFICES: Final = (UnitKind.city_bureau, UnitKind.city_coal_section, UnitKind.county_bureau)
DRAFTERS: Final = (
    Role.section_head,
    Role.clerk,
    Role.duty_officer,
    Role.enforcement_officer,
    Role.bureau_head,
    Role.bureau_deputy,
)
ISSUERS: Final = (Role.section_head, Role.bureau_head, Role.bureau_deputy)


@dataclass(frozen=True)
class ReportKind:
    """A kind of report: its paper, the kind of period it covers, and how it is computed and written."""

    id: str
    title: str
    template: str
    period: str
    figures: Callable[[Unit, Period, datetime], Any]
    fields: Callable[[Any], dict[str, Any]]


KINDS_OF_REPORT: Final = {
    kind.id: kind
    for kind in (
        ReportKind("bulletin", "履职月报", "duty_bulletin", "month", bulletin, bulletin_fields),
        ReportKind("ranking", "季度排名", "duty_ranking", "quarter", ranking, ranking_fields),
    )
}
TEMPLATES: Final = tuple(kind.template for kind in KINDS_OF_REPORT.values())


def title_of(kind: ReportKind, area: Unit, period: Period) -> str:
    return f"{area.name}煤矿安全{kind.title.replace('季度', '履职季度')}（{period.label}）"


def office_of(user: User, area: Unit, roles: Sequence[Role], at: datetime) -> Hold | None:
    """The hold by which the user acts for the bureau that reports on an area."""
    holds = (hold for hold in roles_of(user, at) if hold.unit.kind in OFFICES and hold.role in roles)
    return next((hold for hold in holds if hold.unit.scope_path == area.path), None)


@transaction.atomic
def draft_report(*, actor: User, kind: ReportKind, area: Unit, period: Period, at: datetime) -> Paper:
    """Draft the paper of a report from its figures. Refused: whoever does not work in the area's bureau."""
    hold = office_of(actor, area, DRAFTERS, at)
    if hold is None:
        raise Refused(f"只有{area.name}应急管理部门的人员可以起草本报告。")
    data = kind.fields(kind.figures(area, period, at))
    title = title_of(kind, area, period)
    return draft_paper(
        actor=actor, template=kind.template, data=data, unit=hold.unit, scope=area.path, title=title, at=at
    )


@transaction.atomic
def edit_report(*, actor: User, paper: Paper, summary: str, demands: Sequence[str], at: datetime) -> Paper:
    """Change the words of a draft; its figures stay as computed. Refused: another office, or a paper that is issued."""
    _acting(actor, paper, DRAFTERS, at)
    return revise_paper(
        actor=actor, paper=paper, data={**paper.data, "summary": summary, "demands": list(demands)}, at=at
    )


def issue_acts(actor: User, paper: Paper, at: datetime) -> tuple[Act, ...]:
    """What the actor signs who issues the report. Refused: who is neither section head nor head."""
    _acting(actor, paper, ISSUERS, at)
    subject, sheet = paper_subject(paper.template, paper.path), PaperSheet(paper.template, paper.data, paper.unit.name)
    return (Act(Verb.freeze, subject, f"签发《{paper.title}》", {"fields": paper.data}, sheet),)


@transaction.atomic
def issue_report(*, actor: User, paper: Paper, at: datetime, confirmation: Confirmation | None = None) -> Paper:
    """Sign and freeze the paper; it counts for the duty that asks for it.

    Refused: who is neither section head nor head, and without the actor's confirmation of :func:`issue_acts`.
    """
    hold = _acting(actor, paper, ISSUERS, at)
    frozen = freeze_paper(actor=actor, paper=paper, confirmation=confirmation, signer=hold, at=at)
    credit.paper_frozen(frozen, actor, at)
    return frozen


def _acting(actor: User, paper: Paper, roles: Sequence[Role], at: datetime) -> Hold:
    for hold in roles_of(actor, at):
        if hold.unit.pk == paper.unit_id and hold.role in roles:
            return hold
    raise Refused(f"办理《{paper.title}》须担任{paper.unit.name}的{'、'.join(role.label for role in roles)}。")
