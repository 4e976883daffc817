"""接收方式: where one is reached beside the phone, and one's quiet hours."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from kuangan.core.actions.sending.gateways import set_contact, set_quiet_hours
from kuangan.core.models import Channel
from kuangan.core.queries.reaching import own_addresses, own_quiet_hours
from kuangan.web.frame.doors import EVERYONE, door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.notices.forms import QuietForm, quiet_initial
from kuangan.web.office.forms import OfficeForm, refusals


class ReachForm(OfficeForm):
    """Addresses of one's own."""

    email = forms.CharField(label="电子邮件", max_length=120, required=False)
    app = forms.CharField(
        label="工作消息用户标识",
        max_length=120,
        required=False,
        help_text="政务钉钉须填写；企业微信、钉钉用登记的手机号码查找，可不填。",
    )


@door(*EVERYONE, methods=("GET", "POST"))
def reaching(request: Request) -> HttpResponse:
    """Set one's own addresses and quiet hours."""
    addresses, person = own_addresses(request.user), request.user.person
    posted = request.POST if request.method == "POST" else None
    form = ReachForm(posted if posted and "email" in posted else None, initial=addresses)
    hours: Any = QuietForm(
        posted if posted and "begins" in posted else None, initial=quiet_initial(own_quiet_hours(request.user))
    )
    if posted is not None and person is not None:
        with refusals(request):
            if form.is_bound and form.is_valid():
                for channel in (Channel.email, Channel.app):
                    set_contact(actor=request.user, person=person, channel=channel, address=form.cleaned_data[channel])
                messages.success(request, "已保存接收地址。")
                return redirect("reaching")
            if hours.is_bound and hours.is_valid():
                set_quiet_hours(actor=request.user, person=person, **hours.cleaned_data)
                messages.success(request, "已保存免打扰时段。")
                return redirect("reaching")
    return show(request, "notices/reaching.html", form=form, hours=hours)
