"""What an office sends to chosen units: the form with its receivers, and the page on which it is filled in and sent."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kuangan.core.models import Unit, User
from kuangan.core.queries import units_among
from kuangan.office.standing import own_offices
from kuangan.web.frame.once import made_once
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.uploads import let_wait, with_waiting
from kuangan.web.office.forms import OfficeForm, ReceiversField, offer, receiver_groups, refusals, saved_files


class SendingForm(OfficeForm):
    """Something to be sent by one of the person's offices; the receivers come last.

    ``sender``: the field of the sending office; ``receivers``: label and, when nothing is chosen, message of the receivers.
    """

    sender: ClassVar[str]
    receivers: ClassVar[tuple[str, str]]

    def __init__(self, *args: Any, reader: User, offices: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, self.sender, units_among(reader, offices))
        self.fields[self.sender].initial = offices[0]
        label, missing = self.receivers
        self.fields["receivers"] = ReceiversField(offices[0], label=label, error_messages={"required": missing})


def sending_page(
    request: Request,
    kind: type[SendingForm],
    page: str,
    *,
    absent: tuple[str, str],
    send: Callable[..., tuple[Any, str]],
) -> HttpResponse:
    """Fill in a form of ``kind`` on ``web/new_<page>.html`` and send it; then to the page of what was sent.

    ``send`` takes the cleaned fields and the stored ``attachments`` and returns what it made with the words to say;
    ``absent``: title and advice for people of units that send nothing.
    """
    offices = own_offices(request.user)
    if not offices:
        title, advice = absent
        return show(request, "frame/error.html", status=404, status_code=404, title=title, advice=advice)
    form = kind(request.POST or None, request.FILES or None, reader=request.user, offices=offices)
    if request.method == "POST" and with_waiting(request, form).is_valid():
        with refusals(request, form), made_once(request) as made_at:
            given = dict(form.cleaned_data)
            files = saved_files(request.user, given.pop("attached"))
            made, words = send(actor=request.user, attachments=files, **given)
            messages.success(request, words)
            made_at(reverse(page, args=[made.pk]))
            return redirect(page, pk=made.pk)
    let_wait(request, form)
    return show(request, f"office/{page}s/new.html", form=form, groups=receiver_groups(form))
