"""法规 › 待明确事项: every open question of law, what is used until it is answered, what rests on it, who can say, who has answered."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse

from kuangan.base import clock
from kuangan.core.models import LocalAnswer
from kuangan.core.queries.local_answers import answers_by_key, answers_visible_to
from kuangan.law.answers.questions import KINDS, LOCAL, OpenQuestion, questions
from kuangan.law.register import tasks
from kuangan.web.frame.doors import EVERYONE, door
from kuangan.web.frame.lists import Filters, export, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, table
from kuangan.web.law.question_lists import QUESTIONS


@dataclass(frozen=True)
class Asked:
    """A question with the answer in force, if there is one."""

    question: OpenQuestion
    answer: LocalAnswer | None


class QuestionFilters(Filters):
    kind = forms.ChoiceField(label="类别", choices=(("", "全部"), *KINDS.items()))
    answered = forms.ChoiceField(label="答复", choices=(("", "全部"), ("no", "未答复"), ("yes", "已答复")))
    task = forms.ChoiceField(label="任务", choices=())
    q = forms.CharField(label="事项或问题", max_length=60)

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        field = self.fields["task"]
        assert isinstance(field, forms.ChoiceField)
        numbered = ((str(task.number), f"{task.number} {task.title}") for task in tasks())
        field.choices = [("", "全部"), *numbered]

    def keeps(self, asked: Asked) -> bool:
        question, words = asked.question, self.chosen("q")
        return (
            self.chosen("kind") in (None, question.kind)
            and self.chosen("task") in (None, question.measure.partition(".")[0])
            and self.chosen("answered") in (None, "yes" if asked.answer else "no")
            and (not words or words in question.subject or words in question.text or words in question.key)
        )


def all_asked() -> list[Asked]:
    """Every question, those on which most rests first."""
    answers = answers_by_key()
    return [Asked(question, answers.get(question.key) if question.kind == LOCAL else None) for question in questions()]


@door(*EVERYONE)
def open_questions(request: Request) -> HttpResponse:
    """The questions that the filters leave, for everybody who has an account."""
    filters, every = QuestionFilters(request), all_asked()
    kept = [asked for asked in every if filters.keeps(asked)]
    if wants_export(request):
        return export("待明确事项", QUESTIONS, kept)
    listed = _listed(request, kept, filters)
    sees_answers = answers_visible_to(request.user, clock.now()).exists()
    return show(request, "law/questions.html", table=listed, counts=_counts(every), sees_answers=sees_answers)


@door(public=True)
def public_questions(request: Request) -> HttpResponse:
    """The same for the public, without login."""
    filters, every = QuestionFilters(request), all_asked()
    kept = [asked for asked in every if filters.keeps(asked)]
    listed = _listed(request, kept, filters, unexported=True)
    return show(request, "law/public_questions.html", table=listed, counts=_counts(every))


def _listed(request: Request, kept: list[Asked], filters: QuestionFilters, *, unexported: bool = False) -> Table:
    nothing = none_of("待明确事项", filters)
    return table(request, QUESTIONS, kept, filters, nothing=nothing, unexported=unexported)


def _counts(every: Iterable[Asked]) -> dict[str, int]:
    answered = [asked.answer is not None for asked in every]
    return {"all": len(answered), "answered": sum(answered)}
