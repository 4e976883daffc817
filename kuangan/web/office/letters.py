"""督办函、提醒函、催办函: drafted from what is overdue or freely, reviewed, signed, served and answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kuangan.base import clock
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.office.actions import letters as actions
from kuangan.office.models import Letter, LetterKind, LetterState
from kuangan.office.queries import letters as queries
from kuangan.office.standing import own_offices, own_units, within_reach
from kuangan.overview.figures.overdue import overdue_units
from kuangan.web.cases.sight import trail_in_sight
from kuangan.web.frame.doors import door
from kuangan.web.frame.lists import Filters, export, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.preview import draft_of_fields
from kuangan.web.frame.request import Request
from kuangan.web.frame.signing import Signing, signed, signing_of
from kuangan.web.frame.tables import bare, table
from kuangan.web.office.forms import SIGHTED, Step, posted, posted_files, stepped
from kuangan.web.office.lists import LETTER_DUTIES, LETTERS, OWING
from kuangan.web.office.word import letter_in_word

ONLY = (("", "全部"), ("waiting", "待我办理"), ("late", "逾期未回复"), ("open", "未回复"))
FROM_OVERDUE = "可从右侧逾期单位起草，逾期事项自动写入函件。"


class LetterFilters(Filters):
    """Filters of the list of letters."""

    q = forms.CharField(label="文号、单位或事由", max_length=60)
    kind = forms.ChoiceField(label="种类", choices=[("", "全部种类"), *LetterKind.choices])
    only = forms.ChoiceField(label="情形", choices=ONLY)


@door(*SIGHTED)
def letters(request: Request) -> HttpResponse:
    """Letters of one's office and to units in sight; beside them who has duties overdue."""
    filters = LetterFilters(request)
    moment = clock.now()
    only = filters.chosen("only")
    letters_seen = (
        queries.letters_waiting(request.user, moment) if only == "waiting" else queries.letters_visible_to(request.user)
    )
    if only == "late":
        letters_seen = queries.unanswered(letters_seen, moment)
    if only == "open":
        letters_seen = letters_seen.filter(state=LetterState.issued, replied_at=None)
    if text := filters.chosen("q"):
        by_name = Q(to__name__icontains=text) | Q(unit__name__icontains=text)
        letters_seen = letters_seen.filter(by_name | Q(opening__icontains=text) | Q(paper__number__icontains=text))
    if kind := filters.chosen("kind"):
        letters_seen = letters_seen.filter(kind=kind)
    if wants_export(request):
        return export("督办提醒催办函", LETTERS, letters_seen)
    offices = own_offices(request.user)
    reached = {unit.pk for unit in within_reach(offices[0])} if offices else set()
    owing = [(unit, count) for unit, count in overdue_units(request.user, moment) if unit.pk in reached][:20]
    hint = FROM_OVERDUE if offices else "收到督办函、提醒函、催办函后会出现在这里。"
    listed = table(request, LETTERS, letters_seen, filters, nothing=none_of("函件", filters), hint=hint)
    return show(request, "office/letters/list.html", table=listed, owing=bare(OWING, owing), issues=bool(offices))


@door(*SIGHTED, methods=("GET", "POST"))
def letter(request: Request, pk: int) -> HttpResponse:
    """One letter as it looks, with the step that is next and whose it is."""
    letter = get_object_or_404(queries.letters_visible_to(request.user), pk=pk)
    if request.method == "POST":
        return stepped(request, _STEPS, letter, reverse("letter", args=[pk]), signing=("issue",))
    if request.GET.get("as") == "docx":
        return letter_in_word(letter)
    moment = clock.now()
    units = {unit.pk for unit in own_units(request.user)}
    signs = letter.state == LetterState.reviewed and actions.may_decide(request.user, letter, actions.SIGNERS, moment)
    context: dict[str, Any] = {
        "letter": letter,
        "draft": draft_of_fields(
            letter.kind,
            actions.letter_fields(letter),
            letter.unit.name,
            letter.issued_at or moment,
            number=(letter.paper.number or "") if letter.paper else "",
        ),
        "owns": letter.unit_id in units,
        "answers": letter.to_id in units,
        "reviews": letter.state == LetterState.submitted
        and actions.may_decide(request.user, letter, actions.REVIEWERS, moment),
        "signs": signs,
        "signing": _signing(request.user, letter, moment) if signs else None,
        "duties": bare(LETTER_DUTIES, queries.duties_of(request.user, letter)),
        "files": queries.files_of(request.user, letter),
        "events": trail_in_sight(request, letter, letter.unit)[:30],
    }
    return show(request, "office/letters/letter.html", **context)


def _signing(user: User, letter: Letter, at: datetime) -> Signing | None:
    """What the user would sign; None where he may send back only."""
    try:
        acts = actions.issue_acts(user, letter, at)
    except Refused:
        return None
    return signing_of(user, acts, at, pictures=False)


def _submit(request: Request, letter: Letter) -> str:
    actions.submit_letter(actor=request.user, letter=letter)
    return "已提交审核。"


def _review(request: Request, letter: Letter) -> str:
    agree = request.POST.get("agree") == "yes"
    actions.review_letter(actor=request.user, letter=letter, agree=agree, opinion=posted(request, "opinion"))
    return "已审核，待负责人签发。" if agree else "已退回起草人。"


def _issue(request: Request, letter: Letter) -> str:
    opinion = posted(request, "opinion")
    if request.POST.get("agree") != "yes":
        actions.issue_letter(actor=request.user, letter=letter, agree=False, opinion=opinion)
        return "已退回起草人。"
    with signed(request, lambda at: actions.issue_acts(request.user, letter, at)) as confirmation:
        made = actions.issue_letter(
            actor=request.user, letter=letter, agree=True, opinion=opinion, confirmation=confirmation
        )
    return f"已签发并送达：{made.paper.number if made.paper else ''}。"


def _reply(request: Request, letter: Letter) -> str:
    if letter.to_id not in {unit.pk for unit in own_units(request.user)}:
        raise Refused(f"请由{letter.to.name}回复。")
    actions.reply_letter(actor=request.user, letter=letter, text=posted(request, "text"), files=posted_files(request))
    return f"已回复{letter.unit.name}。"


def _drop(request: Request, letter: Letter) -> str:
    actions.drop_letter(actor=request.user, letter=letter)
    return "草稿已作废。"


_STEPS: Mapping[str, Step] = {
    "submit": _submit,
    "review": _review,
    "issue": _issue,
    "reply": _reply,
    "drop": _drop,
}
