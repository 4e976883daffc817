"""Files that came with a form that was refused: they wait, shown in the form as already attached, until it is sent again."""

from collections.abc import Sequence
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

NOT_TAKEN = "以上文件未附上，其余文件和填写的内容已保留。需要附的，请更换后重新选择；不再选择的，提交时不附。"
KEPT = ".kept"
"""Behind a file field's name: the keys of the waiting files that stay attached."""


@dataclass
class WaitingFile:
    """A waiting file in the shape of an upload."""

    upload: FormUpload

    @property
    def name(self) -> str:
        return self.upload.name

    @property
    def size(self) -> int:
        """In bytes."""
        return self.upload.size

    @property
    def file(self) -> BinaryIO:
        """Its content from the start."""
        return content_path(self.upload.sha256).open("rb")

    def read(self) -> bytes:
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
        came = [_kept(request, mark, name, upload) for upload in request.FILES.getlist(name)]
        field.waiting += [WaitingFile(kept) for kept in came if isinstance(kept, FormUpload)]
        _say_refused(form, name, [refusal for refusal in came if isinstance(refusal, Refused)])


def _kept(request: Request, mark: str, name: str, upload: Any) -> FormUpload | Refused:
    try:
        upload.file.seek(0)
        return keep_upload(user=request.user, mark=mark, field=name, name=upload.name or "附件", content=upload.file)
    except Refused as refused:
        return refused


def _say_refused(form: forms.Form, name: str, refused: Sequence[Refused]) -> None:
    """Say of each file why it is not taken, once, and what becomes of the form without it: the browser has forgotten it by then."""
    said = set(form.errors.get(name, ()))
    for why in dict.fromkeys(refusal.message for refusal in refused):
        if why not in said:
            form.add_error(name, why)
    if refused:
        form.add_error(name, NOT_TAKEN)
