"""督办函、提醒函、催办函: the office's list of the cases that they are, and each as a Word file."""

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from kuangan.base import clock
from kuangan.casework.awaiting import awaiting
from kuangan.casework.models import Case
from kuangan.core.models import User
from kuangan.core.queries import roles_of
from kuangan.law.content import procedure_by_id, procedures_of
from kuangan.law.procedure import Matter
from kuangan.office.standing import own_offices, within_reach
from kuangan.overview.figures.overdue import overdue_units
from kuangan.overview.queries.letters import letters_visible_to, named_in_letters, unanswered, waiting_for_answer
from kuangan.web.cases.work import waiting_work
from kuangan.web.frame.doors import door
from kuangan.web.frame.lists import Filters, export, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import bare, table
from kuangan.web.office.forms import SIGHTED
from kuangan.web.office.lists import LETTERS, OWING
from kuangan.web.office.word import letter_in_word

ONLY = (("", "全部"), ("waiting", "待我办理"), ("late", "逾期未回复"), ("open", "未回复"))
FROM_OVERDUE = "可从右侧逾期单位起草，逾期事项自动写入函件。"
OWING_SHOWN = 20


class LetterFilters(Filters):
    q = forms.CharField(label="文号、单位或事由", max_length=60)
    kind = forms.ChoiceField(label="种类", choices=())
    only = forms.ChoiceField(label="情形", choices=ONLY)

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部种类"), *kinds_of_letter()]

    def applied(self, user: User) -> QuerySet[Case]:
        """The letters in sight that the filters leave."""
        only, moment = self.chosen("only"), clock.now()
        letters = unanswered(user, moment) if only == "late" else letters_visible_to(user)
        if only == "waiting":
            letters = letters.filter(pk__in=letters_waiting(user))
        if only == "open":
            letters = letters.filter(waiting_for_answer())
        if text := self.chosen("q"):
            letters = letters.filter(named_in_letters(text))
        if kind := self.chosen("kind"):
            letters = letters.filter(procedure=kind)
        return letters


def kinds_of_letter() -> list[tuple[str, str]]:
    """The kinds of letters, as (what is given, what is read)."""
    return [(law, procedure_by_id(law).title) for law in procedures_of(Matter.letter)]


def letters_waiting(user: User) -> list[int]:
    """The keys of the letters that wait for the user: to be handed in, reviewed, signed or answered."""
    moment = clock.now()
    cases = list(awaiting(user, Matter.letter))
    return [work.case.pk for work in waiting_work(user, roles_of(user), cases, moment)]


@door(*SIGHTED)
def letters(request: Request) -> HttpResponse:
    """Letters of one's office and to units in sight; beside them who has duties overdue."""
    filters = LetterFilters(request)
    seen = filters.applied(request.user)
    if wants_export(request):
        return export("督办提醒催办函", LETTERS, seen)
    offices = own_offices(request.user)
    reached = {unit.pk for unit in within_reach(offices[0])} if offices else set()
    owing = [(unit, count) for unit, count in overdue_units(request.user, clock.now()) if unit.pk in reached]
    hint = FROM_OVERDUE if offices else "收到督办函、提醒函、催办函后会出现在这里。"
    listed = table(request, LETTERS, seen, filters, nothing=none_of("函件", filters), hint=hint)
    owing_list = bare(OWING, owing[:OWING_SHOWN])
    return show(request, "office/letters/list.html", table=listed, owing=owing_list, issues=bool(offices))


@door(*SIGHTED)
def letter_word(request: Request, pk: int) -> HttpResponse:
    """A letter as a Word file, a draft while it has no number."""
    letter = get_object_or_404(letters_visible_to(request.user), pk=pk)
    if letter.office is None:
        raise Http404
    return letter_in_word(letter, letter.office)
