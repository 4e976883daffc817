"""Files that came with a form that was refused: they wait, shown in the form as already attached, until it is sent again."""

from dataclasses import dataclass
from typing import Any, BinaryIO

from django import forms

from kuangan.core.actions.form_marks import keep_upload
from kuangan.core.errors import Refused
from kuangan.core.models import FormUpload
from kuangan.core.queries.uploads import uploads_waiting
from kuangan.core.store import content_path
from kuangan.web.frame.forms import ManyFiles
from kuangan.web.frame.once import posted_mark
from kuangan.web.frame.request import Request

KEPT = ".kept"
"""Behind a file field's name: the keys of the waiting files that stay attached."""


@dataclass
class WaitingFile:
    """A waiting file in the shape of an upload."""

    upload: FormUpload

    @property
    def name(self) -> str:
        """Its name as it was sent."""
        return self.upload.name

    @property
    def size(self) -> int:
        """Bytes."""
        return self.upload.size

    @property
    def file(self) -> BinaryIO:
        """Its content from the start."""
        return content_path(self.upload.sha256).open("rb")

    def read(self) -> bytes:
        """All of its content."""
        with self.file as source:
            return source.read()


def with_waiting(request: Request, form: forms.Form) -> forms.Form:
    """The posted form with the person's own files that wait for it and are still ticked."""
    mark = posted_mark(request)
    for name, field in form.fields.items():
        if mark and isinstance(field, ManyFiles):
            ticked = request.POST.getlist(f"{name}{KEPT}")
            waiting_uploads = uploads_waiting(request.user, mark, name)
            field.waiting = [WaitingFile(waiting) for waiting in waiting_uploads if str(waiting.pk) in ticked]
    return form


def let_wait(request: Request, form: forms.Form) -> None:
    """The form was refused and is shown again: let its new files wait, and show them with those that waited already."""
    mark = posted_mark(request)
    if not mark:
        return
    for name, field in form.fields.items():
        if not isinstance(field, ManyFiles):
            continue
        for upload in request.FILES.getlist(name):
            kept = _kept(request, mark, form, name, upload)
            field.waiting += [WaitingFile(kept)] if kept else []


def _kept(request: Request, mark: str, form: forms.Form, name: str, upload: Any) -> FormUpload | None:
    try:
        upload.file.seek(0)
        return keep_upload(user=request.user, mark=mark, field=name, name=upload.name or "附件", content=upload.file)
    except Refused as refused:
        if not form.has_error(name):
            form.add_error(name, refused.message)
        return None
