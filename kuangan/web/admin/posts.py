"""One post: who holds it, who stands in for it, absences. What gives a signature is asked for and approved by another."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.access.approval import needs_two, post_needs_two
from kuangan.core.errors import Refused
from kuangan.core.models import AccountRequest, Post, User
from kuangan.core.queries import events_of
from kuangan.core.queries.keeping import absences_to_come, kept_people, kept_posts, tenures_of_post
from kuangan.web.admin.lists import ABSENCES, HOLDERS
from kuangan.web.frame import shown
from kuangan.web.frame.doors import ACCOUNT_KEEPERS, OPERATOR, door, has_role
from kuangan.web.frame.forms import BeijingMoment
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import bare
from kuangan.web.office.forms import OfficeForm, offer, refusals

ASKED = "已提出申请，待另一名管理员审批。"


class PostForm(OfficeForm):
    """Who holds a post, who stands in for it, and an absence."""

    person: Any = forms.ModelChoiceField(None, label="任职人员", required=False, empty_label="（不变）")
    reason = forms.CharField(label="任命事由", max_length=200, required=False)
    deputy: Any = forms.ModelChoiceField(None, label="B岗", required=False, empty_label="（无）")
    deputy_reason = forms.CharField(label="设定B岗事由", max_length=200, required=False)
    away_from = BeijingMoment(label="离岗开始", required=False)
    away_to = BeijingMoment(label="离岗结束", required=False)
    away_reason = forms.CharField(label="离岗事由", max_length=100, required=False)

    def __init__(self, *args: Any, reader: User, post: Post, **kwargs: Any) -> None:
        kwargs["initial"] = {"deputy": post.deputy_id}
        super().__init__(*args, **kwargs)
        offer(self, "person", kept_people(reader).filter(unit=post.unit_id))
        offer(self, "deputy", kept_posts(reader).filter(unit=post.unit_id).exclude(pk=post.pk))
        if post_needs_two(post):
            for name in ("reason", "deputy_reason"):
                self.fields[name].help_text = "该岗位须经另一名管理员审批，请写明事由"
        else:
            del self.fields["reason"], self.fields["deputy_reason"]


@door(*ACCOUNT_KEEPERS, methods=("GET", "POST"))
def post(request: Request, pk: int) -> HttpResponse:
    """Hand over, name a deputy, register an absence; a post that signs or administers is asked for."""
    held_post = get_object_or_404(kept_posts(request.user), pk=pk)
    form = PostForm(request.POST or None, reader=request.user, post=held_post)
    if request.method == "POST" and form.is_valid():
        with refusals(request):  # a refused step shows the form with what was typed
            asked = _stepped(request, held_post, form.cleaned_data)
            return redirect("account_request", pk=asked.pk) if asked else redirect("post", pk=pk)
    moment = clock.now()
    context: dict[str, Any] = {
        "post": held_post,
        "form": form,
        "tenures": bare(HOLDERS, tenures_of_post(request.user, held_post), shown.unknown("空缺")),
        "absences": bare(ABSENCES, absences_to_come(request.user, held_post, moment)),
        "events": events_of(held_post).select_related("actor__person").order_by("-seq")[:30],
    }
    return show(request, "admin/post.html", **context)


def _stepped(request: Request, held_post: Post, given: dict[str, Any]) -> AccountRequest | None:
    """Do the step, or ask for it; the request that was made. Raises ``PermissionDenied`` for the security administrator, who only reads."""
    if not has_role(request, *OPERATOR):
        raise PermissionDenied
    wanted = request.POST.get("do", "")
    gives_right = wanted == "appoint" or (wanted == "deputy" and given["deputy"] is not None)
    asks = post_needs_two(held_post) if wanted == "appoint" else needs_two(held_post.typed_role)
    if gives_right and asks:
        asked = _ASKING[wanted](request.user, held_post, given)
        messages.success(request, ASKED)
        return asked
    if wanted in _STEPS:
        messages.success(request, _STEPS[wanted](request.user, held_post, given))
    return None


def _ask_hand_over(actor: User, held_post: Post, given: dict[str, Any]) -> AccountRequest:
    _require_person(given)
    return actions.ask_appointment(actor=actor, post=held_post, person=given["person"], reason=given["reason"])


def _ask_deputy(actor: User, held_post: Post, given: dict[str, Any]) -> AccountRequest:
    return actions.ask_deputy(actor=actor, post=held_post, deputy=given["deputy"], reason=given["deputy_reason"])


def _require_person(given: dict[str, Any]) -> None:
    if given["person"] is None:
        raise Refused("请选择接任人员。")


def _hand_over(actor: User, held_post: Post, given: dict[str, Any]) -> str:
    _require_person(given)
    actions.appoint(actor=actor, post=held_post, person=given["person"])
    return f"已任命{given['person']}，在办事项随岗位移交。"


def _name_deputy(actor: User, held_post: Post, given: dict[str, Any]) -> str:
    actions.set_deputy(actor=actor, post=held_post, deputy=given["deputy"])
    return "已设定B岗。" if given["deputy"] else "已取消B岗。"


def _register_absence(actor: User, held_post: Post, given: dict[str, Any]) -> str:
    if not given["away_from"] or not given["away_to"]:
        raise Refused("请填写离岗的开始和结束时间。")
    actions.set_absence(
        actor=actor, post=held_post, from_at=given["away_from"], to_at=given["away_to"], reason=given["away_reason"]
    )
    return "已登记离岗，期间由B岗代行。"


_ASKING: dict[str, Callable[[User, Post, dict[str, Any]], AccountRequest]] = {
    "appoint": _ask_hand_over,
    "deputy": _ask_deputy,
}
_STEPS: dict[str, Callable[[User, Post, dict[str, Any]], str]] = {
    "appoint": _hand_over,
    "deputy": _name_deputy,
    "absence": _register_absence,
}
