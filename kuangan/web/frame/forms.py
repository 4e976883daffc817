"""Form fields that Django does not have: several files, moments in Beijing time."""

from typing import Any

from django import forms

from kuangan.base.clock import BEIJING
from kuangan.web.gate.addresses import OUT_OF_CALENDAR, check_moment


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Several files; cleans to a list of uploads, after those that wait since an earlier try (``web.frame.uploads``)."""

    widget = ManyFilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.waiting: list[Any] = []

    def __deepcopy__(self, memo: dict[int, Any]) -> "ManyFiles":
        copied: ManyFiles = super().__deepcopy__(memo)
        copied.waiting = []
        return copied

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploads, each checked as one file. Raises ``ValidationError`` when one is needed and none came."""
        uploads = [upload for upload in (data if isinstance(data, list | tuple) else [data]) if upload]
        if not uploads and not self.waiting and self.required:
            raise forms.ValidationError("请选择至少一个文件（照片、扫描件或导出表）")
        return [*self.waiting, *(super(ManyFiles, self).clean(upload) for upload in uploads)]


class BeijingMoment(forms.DateTimeField):
    """A moment typed in Beijing time; cleans to an aware one."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")
        super().__init__(widget=widget, **kwargs)
        self.error_messages["invalid"] = "请按“年-月-日 时:分”填写"

    def clean(self, value: Any) -> Any:
        """The moment. Raises ``ValidationError``, for one outside the calendar too."""
        try:
            moment = super().clean(value)
        except OverflowError as error:
            raise forms.ValidationError(OUT_OF_CALENDAR) from error
        if moment is not None:
            check_moment(moment)
        return moment

    def prepare_value(self, value: Any) -> Any:
        """A moment as Beijing wall time, as the browser's field takes it."""
        return value.astimezone(BEIJING).replace(tzinfo=None) if hasattr(value, "astimezone") else value
