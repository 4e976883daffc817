"""查岗: checks that somebody is at his post, at once or at a random time, and their results."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from kuangan.base import clock
from kuangan.core.models import Unit, User
from kuangan.core.queries import units_among
from kuangan.office.actions import watch as actions
from kuangan.office.queries import watch as queries
from kuangan.office.standing import own_offices
from kuangan.web.frame.doors import door
from kuangan.web.frame.forms import BeijingMoment
from kuangan.web.frame.lists import export, wants_export
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import table
from kuangan.web.office.forms import SIGHTED, OfficeForm, ReceiversField, offer, receiver_groups, refusals, unit_field
from kuangan.web.watch.lists import check_columns


class CheckForm(OfficeForm):
    """Checks to be planned: now, or at random within a time."""

    checker = unit_field("查岗单位")
    first = BeijingMoment(label="随机抽查时段起", required=False, help_text="两项都不填的，立即查岗")
    last = BeijingMoment(
        label="随机抽查时段止", required=False, help_text="系统在时段内为每个单位随机确定时间，事前不显示"
    )

    def __init__(self, *args: Any, reader: User, offices: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "checker", units_among(reader, offices))
        self.fields["checker"].initial = offices[0]
        self.fields["receivers"] = ReceiversField(
            offices[0], label="被查单位", error_messages={"required": "请至少选择一个单位"}
        )

    def clean(self) -> dict[str, Any]:
        """Both ends of the time, or none."""
        given = super().clean() or {}
        if bool(given.get("first")) != bool(given.get("last")):
            self.add_error("last", "抽查时段的起止须同时填写")
        return given


@door(*SIGHTED, methods=("GET", "POST"))
def presence(request: Request) -> HttpResponse:
    """Checks that one's office made, with their results; and the form for new ones."""
    offices = own_offices(request.user)
    if not offices:
        raise Http404
    form = CheckForm(request.POST or None, reader=request.user, offices=offices)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            given = form.cleaned_data
            between = (given["first"], given["last"]) if given["first"] else None
            made = actions.plan_checks(
                actor=request.user, checker=given["checker"], units=given["receivers"], between=between
            )
            when = "系统将在时段内随机查岗" if between else "已发出查岗"
            messages.success(request, f"{when}，共 {len(made)} 个单位。")
            return redirect("presence")
    checks, columns = queries.checks_made_by(request.user), check_columns(clock.now())
    if wants_export(request):
        return export("查岗记录", columns, checks)
    context: dict[str, Any] = {
        "form": form,
        "groups": receiver_groups(form),
        "table": table(request, columns, checks, nothing="还没有查过岗", hint="在右侧选择单位开始。"),
    }
    return show(request, "watch/presence.html", **context)
