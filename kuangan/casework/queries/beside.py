"""What hangs on a case or leads to it: over-limits, findings, papers, duties, entries, other cases."""

from django.db.models import QuerySet

from kuangan.casework.models import Case, CaseCheck, CaseEpisode, CasePaper, Finding
from kuangan.casework.queries.sight import cases_visible_to, is_told_only
from kuangan.core.models import User
from kuangan.core.queries import visible_to
from kuangan.duty.models import Duty
from kuangan.duty.queries import duties_visible_to
from kuangan.law.content import procedure_by_id
from kuangan.paper.models import Paper
from kuangan.paper.queries import papers_visible_to


def locked_case(user: User, pk: int) -> Case:
    """A case in sight read anew, its row locked until the transaction ends. Raises ``Case.DoesNotExist``."""
    return cases_visible_to(user).select_for_update(of=("self",)).get(pk=pk)


def episodes_of(user: User, case: Case) -> QuerySet[CaseEpisode]:
    """The over-limits that a case in sight is about, in the order they began."""
    episodes = CaseEpisode.objects.filter(case=case).select_related("episode__point", "episode__declared")
    return visible_to(user, episodes, "case__path").order_by("episode__started_at")


def checks_of(user: User, case: Case) -> QuerySet[CaseCheck]:
    """What the platform looks after by itself in a case in sight, the next look first."""
    checks = CaseCheck.objects.filter(case=case).select_related("episode__point")
    return visible_to(user, checks, "case__path").order_by("wakes_at", "pk")


def findings_of(user: User, case: Case) -> QuerySet[Finding]:
    """What rules found that opened or joined a case in sight, in that order."""
    return visible_to(user, Finding.objects.filter(case=case)).order_by("found_at")


def papers_of(user: User, case: Case) -> QuerySet[CasePaper]:
    """The papers of a case that the user may see, the newest first."""
    seen = papers_visible_to(user).order_by().values("pk")
    return CasePaper.objects.filter(case=case, paper__in=seen).select_related("paper__unit").order_by("-pk")


def case_of_paper(user: User, paper: Paper) -> CasePaper | None:
    """The case in sight to which a paper belongs."""
    seen = cases_visible_to(user).order_by().values("pk")
    return CasePaper.objects.filter(paper=paper, case__in=seen).select_related("case").first()


def duties_of(user: User, case: Case) -> QuerySet[Duty]:
    """The duties that a case in sight is about, the first due first; nothing for who is only told of it."""
    named = [fact for fact in procedure_by_id(case.procedure).facts for column in fact.columns if column.kind == "duty"]
    keys = [
        cells.get(column.name) for fact in named for cells in case.facts.get(fact.name) or () for column in fact.columns
    ]
    if not keys or is_told_only(user, case):
        return Duty.objects.none()
    return duties_visible_to(user).filter(pk__in=[key for key in keys if isinstance(key, int)]).order_by("due_at", "pk")


def cases_about(user: User, duty: Duty) -> QuerySet[Case]:
    """The cases in sight that are about a duty, the newest first."""
    if not Case.objects.filter(duty=duty).exists():
        return Case.objects.none()
    return cases_visible_to(user).filter(duty=duty).order_by("-pk")


def source_of(user: User, case: Case) -> QuerySet[Case]:
    """The case that a case came from, if it is in sight, to be named."""
    return _to_be_named(user).filter(pk=case.parent_id) if case.parent_id else Case.objects.none()


def children_of(user: User, case: Case) -> QuerySet[Case]:
    """The cases in sight that a case led to, in the order they were opened, to be named."""
    return _to_be_named(user).filter(parent=case).order_by("pk")


def cases_of_entry(user: User, serial: int) -> QuerySet[Case]:
    """The cases in sight that the rows of an entry (in any version) opened or that are about it, in the order they were opened."""
    return cases_visible_to(user).filter(entry__serial=serial).order_by("pk")


def relied_on(user: User, case: Case) -> QuerySet[Case]:
    """The cases in sight on which a stop rests, to be named."""
    return _to_be_named(user).filter(relied_on_by__stop=case).order_by("pk")


def resting_on(user: User, case: Case) -> QuerySet[Case]:
    """The stops in sight that rest on a case, to be named as well."""
    return _to_be_named(user).filter(reliances__alarm=case).order_by("pk")


def _to_be_named(user: User) -> QuerySet[Case]:
    """The cases in sight without what else is read along with them."""
    return cases_visible_to(user).select_related(None)
