"""用户与权限: accounts and who holds which post. The security administrator sees them and changes nothing."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from kuangan.core import actions
from kuangan.core.access.approval import post_needs_two
from kuangan.core.access.passwords import given_password
from kuangan.core.errors import Refused
from kuangan.core.models import Post, RequestKind, User
from kuangan.core.queries import events_of
from kuangan.core.queries.keeping import held_posts, kept_accounts, kept_units, tenures_of_person
from kuangan.law.role import Role
from kuangan.web.admin.lists import POSTS, TENURES
from kuangan.web.frame.doors import ACCOUNT_KEEPERS, OPERATOR, door, has_role, leading
from kuangan.web.frame.lists import Filters, export, none_of, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import bare, table
from kuangan.web.office.forms import OfficeForm, offer, refusals


class PostFilters(Filters):
    q = forms.CharField(label="单位、岗位或姓名", max_length=60)


@door(*ACCOUNT_KEEPERS)
def users(request: Request) -> HttpResponse:
    """Posts by unit with their holder, his account and the deputy post."""
    filters = PostFilters(request)
    posts = held_posts(request.user, filters.chosen("q") or "")
    if wants_export(request):
        return export("岗位与用户", POSTS, posts)
    return show(
        request,
        "admin/users.html",
        table=table(
            request,
            POSTS,
            posts,
            filters,
            nothing=none_of("岗位", filters),
            hint=leading(request, "岗位随单位建立：", "start", "查看启用清单"),
        ),
    )


if TYPE_CHECKING:
    PostField = forms.ModelChoiceField[Post]
else:
    PostField = forms.ModelChoiceField


class PostChoice(PostField):
    """A post with who holds it now: an appointment relieves him."""

    def label_from_instance(self, post: Post) -> str:
        """Unit, post and holder."""
        names = "、".join(tenure.person.name for tenure in post.now)  # type: ignore[attr-defined]  # by the prefetch
        return f"{post}（{'现任' + names if names else '空缺'}）"


class NewUserForm(OfficeForm):
    """A new person at a post, with an account."""

    unit: Any = forms.ModelChoiceField(None, label="单位", empty_label="请选择单位")
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(label="手机", max_length=20, required=False)
    certificate = forms.CharField(label="执法证号", max_length=40, required=False, help_text="执法人员必填")
    post = PostChoice(
        None,
        label="任职岗位",
        empty_label="请选择岗位",
        help_text="选择有现任人员的岗位，即由新开通人员接任",
    )
    username = forms.CharField(label="用户名", max_length=40, help_text="字母、数字或汉字，不含空格")
    reason = forms.CharField(
        label="事由", max_length=200, required=False, help_text="签字或管理岗位必填：须经另一名管理员审批"
    )

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", kept_units(reader))
        offer(self, "post", held_posts(reader))

    def clean(self) -> dict[str, Any]:
        """The post must be one of the unit's."""
        given = super().clean() or {}
        post, unit = given.get("post"), given.get("unit")
        if post and unit and post.unit_id != unit.pk:
            self.add_error("post", f"{post} 不是 {unit} 的岗位，请重新选择")
        if post and post.role == Role.enforcement_officer and not given.get("certificate"):
            self.add_error("certificate", "执法岗位的人员须填写执法证号")
        if post and post_needs_two(post) and not given.get("reason"):
            self.add_error("reason", "签字或管理岗位须经另一名管理员审批，请写明事由")
        return given


@door(*OPERATOR, methods=("GET", "POST"))
def new_user(request: Request) -> HttpResponse:
    """Add a person, open an account and hand the post over, all or nothing; for a post that signs, ask for it."""
    form = NewUserForm(request.POST or None, reader=request.user)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            given = {name: value for name, value in form.cleaned_data.items() if name != "unit"}
            if post_needs_two(given["post"]):
                asked = actions.ask_account(actor=request.user, **given)
                messages.success(request, "已提出申请，待安全管理员审批后开通。")
                return redirect("account_request", pk=asked.pk)
            return _opened(request, given)
    return show(request, "admin/new_user.html", form=form)


def _opened(request: Request, given: dict[str, Any]) -> HttpResponse:
    """The account of a post that neither signs nor administers; the one-time password is in this answer alone."""
    password, post = given_password(), given["post"]
    with transaction.atomic():
        person = actions.create_person(
            actor=request.user,
            name=given["name"],
            unit=post.unit,
            phone=given["phone"],
            certificate=given["certificate"],
        )
        made = actions.create_user(
            actor=request.user, username=given["username"], person=person, password=password, given=True
        )
        actions.appoint(actor=request.user, post=post, person=person)
    messages.success(request, f"已为{person.name}开通账号“{made.username}”，任{post}。")
    return show(request, "admin/new_user.html", form=NewUserForm(reader=request.user), issued=(made.username, password))


class ResetForm(OfficeForm):
    """Why a password or a phone is to be replaced."""

    reason = forms.CharField(label="事由", max_length=200, help_text="如遗忘密码、更换手机；办理时须当面核实本人")


class CertificateForm(OfficeForm):
    """The number of an enforcement certificate."""

    certificate = forms.CharField(label="执法证号", max_length=40, required=False, help_text="清空即为注销")


@door(*ACCOUNT_KEEPERS, methods=("GET", "POST"))
def user(request: Request, pk: int) -> HttpResponse:
    """One account: posts, resets (to be approved by another), closing; its record."""
    account = get_object_or_404(kept_accounts(request.user), pk=pk)
    wanted = request.POST.get("do", "")
    form = ResetForm(request.POST if wanted in RequestKind else None)
    certified = CertificateForm(
        request.POST if wanted == "certificate" else None,
        initial={"certificate": account.person.certificate if account.person else ""},
    )
    if request.method == "POST":
        _require_operator(request)
        with refusals(request):
            if wanted in RequestKind and form.is_valid():
                asked = actions.ask_reset(
                    actor=request.user, kind=RequestKind(wanted), user=account, reason=form.cleaned_data["reason"]
                )
                messages.success(request, "已提出申请，待另一名管理员审批。")
                return redirect("account_request", pk=asked.pk)
            if done := _changed(request, account, wanted, certified):
                messages.success(request, done)
                return redirect("user", pk=pk)
    tenures = bare(TENURES, tenures_of_person(request.user, account.person_id), "没有任职。")
    events = events_of(account).select_related("actor__person").order_by("-seq")[:30]
    return show(
        request, "admin/user.html", account=account, form=form, certified=certified, tenures=tenures, events=events
    )


def _changed(request: Request, account: User, wanted: str, certified: CertificateForm) -> str:
    """Carry out what needs no second person; what was done, in words, or nothing."""
    if wanted == "disable":
        if account == request.user:
            raise Refused("不能停用本人的账号：请由另一名系统管理员办理。")
        if request.POST.get("sure") != account.username:
            raise Refused(f"账号未停用：请先勾选“确认停用“{account.username}””，再按“停用账号”。")
        actions.disable_user(actor=request.user, user=account)
        return f"已停用账号“{account.username}”。"
    if wanted == "certificate" and certified.is_valid() and account.person:
        number = certified.cleaned_data["certificate"]
        actions.set_certificate(actor=request.user, person=account.person, certificate=number)
        return "已登记执法证号。"
    return ""


def _require_operator(request: Request) -> None:
    """What the security administrator sees but does not do. Raises ``PermissionDenied``."""
    if not has_role(request, *OPERATOR):
        raise PermissionDenied
