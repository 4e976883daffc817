"""The forms of a verification, and the filters of their list."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q

from kuangan.core.models import LookedAt
from kuangan.sample.models import Verdict, Verification
from kuangan.web.frame.forms import ManyFiles
from kuangan.web.frame.lists import Filters

STATES = (
    ("", "全部"),
    ("open", "待核实、待确认"),
    ("late", "逾期未完成"),
    ("objected", "异议待复核"),
    *Verdict.choices,
)


class VerificationFilters(Filters):
    """By state or outcome, month, and unit."""

    state = forms.ChoiceField(label="状态", choices=STATES)
    month = forms.RegexField(label="抽查月份", regex=r"^\d{4}-\d{2}$", error_messages={"invalid": "请按“年-月”填写"})
    q = forms.CharField(label="责任单位", max_length=60)

    def narrowed(self, at: datetime) -> Q:
        """The filters as a condition."""
        wanted = Q()
        state = self.chosen("state")
        if state == "open":
            wanted &= Q(confirmed_at=None)
        elif state == "late":
            wanted &= Q(confirmed_at=None, due_at__lte=at)
        elif state == "objected":
            wanted &= Q(objected_at__isnull=False, answered_at=None)
        elif state:
            wanted &= Q(outcome=state)
        if self.chosen("month"):
            wanted &= Q(sample__month=self.chosen("month"))
        if self.chosen("q"):
            wanted &= Q(unit__name__icontains=self.chosen("q"))
        return wanted


class VerdictForm(forms.Form):
    """What was looked at and found."""

    verdict = forms.ChoiceField(
        label="核实结论",
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择核实结论"},
    )
    looked_at = forms.MultipleChoiceField(
        label="查看内容",
        choices=LookedAt.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择查看了什么"},
    )
    place = forms.CharField(
        label="核实地点",
        max_length=200,
        required=False,
        help_text="查看现场的必须填写；由本来就在现场的人员核实，不另行组织执法检查",
    )
    account = forms.CharField(
        label="核实情况",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明看了什么、与所报内容是否一致"},
    )
    materials = ManyFiles(label="证据", required=False, help_text="照片、笔录、截图等；不属实的必须附证据")

    def __init__(self, *args: Any, verification: Verification, **kwargs: Any) -> None:
        known = {name: getattr(verification, name) for name in ("verdict", "looked_at", "place", "account")}
        super().__init__(*args, **{"initial": known, **kwargs})
        for name in ("place", "account", "materials"):
            self.fields[name].widget.attrs["class"] = "form-control"
