"""并案与拆分: one officer proposes, another confirms."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.casework.models import Case
from kuangan.core.errors import Refused
from kuangan.core.models import User
from kuangan.flow.alarms.queries import episodes_to_split, joinable_alarms, regroupings_of
from kuangan.flow.alarms.regroup import can_be_regrouped, confirm_regrouping, propose_regrouping
from kuangan.flow.models import Regrouping
from kuangan.law.role import Role
from kuangan.web.cases.sight import case_in_sight
from kuangan.web.frame.doors import door, has_role
from kuangan.web.frame.request import Request
from kuangan.web.frame.shown import minute
from kuangan.web.office.forms import offer


def joinable_cases(request: Request, case: Case) -> list[Case] | None:
    """The mine's other open alarms, for an officer to join this one into; None when that is not to be done here."""
    may = can_be_regrouped(case)
    if not may or not has_role(request, Role.enforcement_officer):
        return None
    return list(joinable_alarms(request.user, case))


def proposal_words(proposed: Regrouping) -> str:
    """Who proposes to join the case into which other, or to split what off, and why."""
    if proposed.target:
        what = f"并入 {proposed.target.number}"
    else:
        assert proposed.episode is not None
        what = f"拆出 {proposed.episode.point} {minute(proposed.episode.started_at)}"
    who = f"{proposed.proposed_by.display_name} {minute(proposed.proposed_at)}"
    return f"{who} 提出{proposed.get_kind_display()}：{what}，理由：{proposed.reason}"


class RegroupForm(forms.Form):
    """Joining this alarm into another of the same mine, or splitting one of its episodes off."""

    kind = forms.ChoiceField(choices=Regrouping.Kind.choices)
    target: Any = forms.ModelChoiceField(None, required=False)
    episode: Any = forms.ModelChoiceField(None, required=False)
    reason = forms.CharField(max_length=500, error_messages={"required": "并案或拆分须写明理由"})

    def __init__(self, data: Any, reader: User, case: Case) -> None:
        super().__init__(data)
        offer(self, "target", joinable_alarms(reader, case))
        offer(self, "episode", episodes_to_split(reader, case))


@door(Role.enforcement_officer, methods=("POST",))
def regroup(request: Request, pk: int) -> HttpResponse:
    """Propose to join or split; another officer confirms."""
    case = case_in_sight(request, pk)
    form = RegroupForm(request.POST, request.user, case)
    if not form.is_valid():
        messages.error(request, "；".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("case", pk=pk)
    given = form.cleaned_data
    joins = given["kind"] == Regrouping.Kind.joining
    with _told(request, "已提出，须由另一名执法人员确认。"):
        propose_regrouping(
            actor=request.user,
            kind=given["kind"],
            case=case,
            target=given["target"] if joins else None,
            episode=None if joins else given["episode"],
            reason=given["reason"],
        )
    return redirect("case", pk=pk)


@door(Role.enforcement_officer, methods=("POST",))
def confirm_regroup(request: Request, pk: int, regrouping_id: int) -> HttpResponse:
    """The second person's confirmation; then to the case that holds the episodes."""
    case = case_in_sight(request, pk)
    wanted = get_object_or_404(regroupings_of(request.user, case), pk=regrouping_id)
    with _told(request, "已并案（拆分）。"):
        return redirect("case", pk=confirm_regrouping(actor=request.user, regrouping=wanted).pk)
    return redirect("case", pk=pk)


@contextmanager
def _told(request: Request, success: str) -> Iterator[None]:
    """Say how an action ended; a refusal goes no further than the page."""
    try:
        yield
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, success)
