"""用户与权限: accounts, posts with holders and deputies. For the operator."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.base import clock
from kuangan.core import actions
from kuangan.core.errors import Refused
from kuangan.core.models import Absence, Person, Post, Tenure, Unit, User
from kuangan.core.queries import events_of
from kuangan.law.role import Role
from kuangan.web.doors import OPERATOR, door
from kuangan.web.forms import BeijingMoment
from kuangan.web.lists import Column, Filters, export, listing, wants_export
from kuangan.web.office_forms import OfficeForm, refusals
from kuangan.web.page import show
from kuangan.web.request import Request


class PostFilters(Filters):
    """Filters of the list of posts."""

    q = forms.CharField(label="单位、岗位或姓名", max_length=60)


COLUMNS = (
    Column("单位", lambda post: post.unit.name, 28),
    Column("岗位", lambda post: post.title),
    Column("权限", lambda post: post.get_role_display()),
    Column("任职人员", lambda post: post.now[0].person.name if post.now else ""),
    Column("用户名", lambda post: _username(post)),  # noqa: PLW0108  # defined below
    Column("B岗", lambda post: post.deputy.title if post.deputy else ""),
)


def _username(post: Any) -> str:
    user = getattr(post.now[0].person, "user", None) if post.now else None
    return user.username if user else ""


@door(*OPERATOR)
def users(request: Request) -> HttpResponse:
    """Posts by unit with their holder, his account and the deputy post."""
    filters = PostFilters(request)
    held = Tenure.objects.filter(to_at=None).select_related("person__user")
    rows = Post.objects.select_related("unit", "deputy").prefetch_related(
        Prefetch("tenures", queryset=held, to_attr="now")
    )
    if text := filters.chosen("q"):
        by_person = Q(tenures__to_at=None, tenures__person__name__icontains=text)
        rows = rows.filter(Q(unit__name__icontains=text) | Q(title__icontains=text) | by_person).distinct()
    rows = rows.order_by("unit__path", "role", "pk")
    if wants_export(request):
        return export("岗位与用户", COLUMNS, rows)
    return show(request, "web/users.html", list=listing(request, rows, filters), now=clock.now())


class NewUserForm(OfficeForm):
    """A new person at a post, with an account."""

    unit = forms.ModelChoiceField(Unit.objects.order_by("path"), label="单位", empty_label="请选择单位")
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(label="手机", max_length=20, required=False)
    certificate = forms.CharField(label="执法证号", max_length=40, required=False, help_text="执法人员必填")
    post = forms.ModelChoiceField(
        Post.objects.select_related("unit").order_by("unit__path", "role"), label="任职岗位", empty_label="请选择岗位"
    )
    username = forms.CharField(label="用户名", max_length=40)
    password = forms.CharField(
        label="初始密码", strip=False, widget=forms.PasswordInput, help_text="至少 10 位，不得使用常见密码"
    )

    def clean(self) -> dict[str, Any]:
        """The post must be one of the unit's."""
        given = super().clean() or {}
        post, unit = given.get("post"), given.get("unit")
        if post and unit and post.unit_id != unit.pk:
            self.add_error("post", f"{post} 不是 {unit} 的岗位，请重新选择")
        if post and post.role == Role.enforcement_officer and not given.get("certificate"):
            self.add_error("certificate", "执法岗位的人员须填写执法证号")
        return given


@door(*OPERATOR, methods=("GET", "POST"))
def new_user(request: Request) -> HttpResponse:
    """Add a person, open an account and hand the post over; all or nothing."""
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request), transaction.atomic():
            given = form.cleaned_data
            person = actions.create_person(
                actor=request.user,
                name=given["name"],
                unit=given["unit"],
                phone=given["phone"],
                certificate=given["certificate"],
            )
            made = actions.create_user(
                actor=request.user, username=given["username"], person=person, password=given["password"]
            )
            actions.appoint(actor=request.user, post=given["post"], person=person)
            messages.success(request, f"已为{person.name}开通账号“{made.username}”，任{given['post']}。")
            return redirect("user", pk=made.pk)
    return show(request, "web/new_user.html", form=form)


class PasswordForm(OfficeForm):
    """A new password given by the operator."""

    password = forms.CharField(
        label="新密码", strip=False, widget=forms.PasswordInput, help_text="至少 10 位，不得使用常见密码"
    )


class CertificateForm(OfficeForm):
    """The number of an enforcement certificate."""

    certificate = forms.CharField(label="执法证号", max_length=40, required=False, help_text="清空即为注销")


@door(*OPERATOR, methods=("GET", "POST"))
def user(request: Request, pk: int) -> HttpResponse:
    """One account: posts, password, closing; its record."""
    found = get_object_or_404(User.objects.select_related("person__unit").exclude(person=None), pk=pk)
    wanted = request.POST.get("do", "")
    form = PasswordForm(request.POST if wanted == "password" else None)
    certified = CertificateForm(
        request.POST if wanted == "certificate" else None,
        initial={"certificate": found.person.certificate if found.person else ""},
    )
    if request.method == "POST":
        with refusals(request):
            done = _changed(request.user, found, wanted, form, certified)
            if done:
                messages.success(request, done)
                return redirect("user", pk=pk)
    tenures = Tenure.objects.filter(person=found.person_id).select_related("post__unit").order_by("-from_at")
    events = events_of(found).select_related("actor__person").order_by("-seq")[:30]
    return show(request, "web/user.html", account=found, form=form, certified=certified, tenures=tenures, events=events)


def _changed(actor: User, found: User, wanted: str, form: PasswordForm, certified: CertificateForm) -> str:
    """Carry out what the operator wants of an account; what was done, in words, or nothing when the form is faulty."""
    if wanted == "disable":
        actions.disable_user(actor=actor, user=found)
        return f"已停用账号“{found.username}”。"
    if wanted == "totp":
        actions.reset_totp(actor=actor, user=found)
        return "已解除动态口令绑定，该用户下次登录时重新绑定。"
    if wanted == "certificate" and certified.is_valid() and found.person:
        actions.set_certificate(actor=actor, person=found.person, certificate=certified.cleaned_data["certificate"])
        return "已登记执法证号。"
    if wanted == "password" and form.is_valid():
        actions.set_password(actor=actor, user=found, password=form.cleaned_data["password"])
        return "已设新密码，原登录状态随即失效。"
    return ""


class PostForm(OfficeForm):
    """Who holds a post, who stands in for it, and an absence."""

    person = forms.ModelChoiceField(Person.objects.none(), label="任职人员", required=False, empty_label="（不变）")
    deputy = forms.ModelChoiceField(Post.objects.none(), label="B岗", required=False, empty_label="（无）")
    away_from = BeijingMoment(label="离岗开始", required=False)
    away_to = BeijingMoment(label="离岗结束", required=False)
    away_reason = forms.CharField(label="离岗事由", max_length=100, required=False)

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        kwargs["initial"] = {"deputy": post.deputy_id}
        super().__init__(*args, **kwargs)
        choices: tuple[tuple[str, Any], ...] = (
            ("person", Person.objects.filter(unit=post.unit_id).order_by("name")),
            ("deputy", Post.objects.filter(unit=post.unit_id).exclude(pk=post.pk).order_by("role")),
        )
        for name, rows in choices:
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows


@door(*OPERATOR, methods=("GET", "POST"))
def post(request: Request, pk: int) -> HttpResponse:
    """One post: hand over, name a deputy, register an absence."""
    found = get_object_or_404(Post.objects.select_related("unit", "deputy"), pk=pk)
    form = PostForm(request.POST or None, post=found)
    if request.method == "POST" and form.is_valid():
        step = _POST_STEPS.get(request.POST.get("do", ""))
        with refusals(request):
            if step is not None:
                messages.success(request, step(request.user, found, form.cleaned_data))
            return redirect("post", pk=pk)
    moment = clock.now()
    context: dict[str, Any] = {
        "post": found,
        "form": form,
        "tenures": found.tenures.select_related("person").order_by("-from_at"),
        "absences": Absence.objects.filter(post=found, to_at__gt=moment).order_by("from_at"),
        "events": events_of(found).select_related("actor__person").order_by("-seq")[:30],
    }
    return show(request, "web/post.html", **context)


def _hand_over(actor: User, found: Post, given: dict[str, Any]) -> str:
    if given["person"] is None:
        raise Refused("请选择接任人员。")
    actions.appoint(actor=actor, post=found, person=given["person"])
    return f"已任命{given['person']}，在办事项和签署权随岗位移交。"


def _name_deputy(actor: User, found: Post, given: dict[str, Any]) -> str:
    actions.set_deputy(actor=actor, post=found, deputy=given["deputy"])
    return "已设定B岗。" if given["deputy"] else "已取消B岗。"


def _register_absence(actor: User, found: Post, given: dict[str, Any]) -> str:
    if not given["away_from"] or not given["away_to"]:
        raise Refused("请填写离岗的开始和结束时间。")
    actions.set_absence(
        actor=actor, post=found, from_at=given["away_from"], to_at=given["away_to"], reason=given["away_reason"]
    )
    return "已登记离岗，期间由B岗代行。"


_POST_STEPS: dict[str, Callable[[User, Post, dict[str, Any]], str]] = {
    "appoint": _hand_over,
    "deputy": _name_deputy,
    "absence": _register_absence,
}
