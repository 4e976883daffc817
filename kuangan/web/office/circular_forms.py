"""The form of a circular; for an accident circular also what the ledger of the law asks about the accident."""

from typing import Any, Final

from django import forms

from kuangan.core.models import Unit
from kuangan.flow.office.circulars import CIRCULARS, keeps_ledger
from kuangan.law.field import Field
from kuangan.law.ledger import ledger_by_id
from kuangan.office.models import CircularKind
from kuangan.web.frame.forms import BeijingMoment
from kuangan.web.office.forms import day_field, dress, files_field, long_field, unit_field
from kuangan.web.office.sending import SendingForm

ACCIDENT: Final = ("accident", "grade", "accident_kind", "lessons", "requirements", "study_due", "no_self_check")
"""Fields of the ledger that only an accident circular fills in."""


class CircularForm(SendingForm):
    sender = "issuer"
    receivers = ("接收单位", "请至少选择一个接收单位")

    issuer = unit_field("发出单位")
    kind = forms.ChoiceField(
        label="类别",
        choices=CircularKind.choices,
        widget=forms.RadioSelect,
        initial=CircularKind.notice,
        help_text="交办须反馈办理情况；事故通报由接收单位组织学习并登记",
    )
    title = forms.CharField(label="标题", max_length=200)
    number = forms.CharField(label="文号", max_length=60, required=False, help_text="已在纸质公文中编号的填写原文号")
    body = long_field("正文", 8)
    feedback_due_at = BeijingMoment(label="反馈期限", required=False, help_text="北京时间；填写后接收单位须按期反馈")
    attached = files_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        law = ledger_by_id(CIRCULARS)
        for name in ACCIDENT:
            self.fields[name] = _control(law.field(name))
            self.fields[name].must = law.field(name).required  # type: ignore[attr-defined]  # read by the template beside the label
            dress(self.fields[name])

    @property
    def about_the_accident(self) -> list[forms.BoundField]:
        """What is asked of an accident circular only."""
        return [self[name] for name in ACCIDENT]

    @property
    def about_all(self) -> list[forms.BoundField]:
        """What is asked of every circular."""
        return [field for field in self if field.name not in (*ACCIDENT, "receivers")]

    def clean(self) -> dict[str, Any]:
        """The accident's fields together under ``accident``; they must be filled in where the circular is one of the law."""
        given = dict(super().clean() or {})
        said = {name: given.pop(name, None) for name in ACCIDENT}
        issuer = given.get("issuer")
        if given.get("kind") == CircularKind.circular and isinstance(issuer, Unit) and keeps_ledger(issuer):
            law = ledger_by_id(CIRCULARS)
            for name in ACCIDENT:
                if law.field(name).required and not said[name] and name not in self.errors:
                    self.add_error(name, f"事故通报请填写“{law.field(name).label}”")
        given["accident"] = {name: _stored(value) for name, value in said.items() if value not in (None, "", False)}
        return given


def _control(field: Field) -> forms.Field:
    """A control for a field of the ledger; whether it must be filled in depends on what is sent."""
    if field.kind == "choice":
        return forms.ChoiceField(label=field.label, choices=[("", "请选择"), *field.choices], required=False)
    if field.kind == "date":
        return day_field(field.label, required=False)
    if field.kind == "flag":
        box = forms.CheckboxInput({"class": "form-check-input"})
        return forms.BooleanField(label=field.label, required=False, widget=box)
    if field.kind == "lines":
        return long_field(field.label, 3, required=False, help_text="每行一项")
    return forms.CharField(label=field.label, max_length=300, required=False)


def _stored(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
