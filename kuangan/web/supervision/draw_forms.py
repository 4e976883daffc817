"""The forms of a draw: its pool, its moment, its witness, its end."""

from typing import Any

from django import forms

from kuangan.core.models import Person, Unit, UnitKind
from kuangan.core.queries import units_visible_to
from kuangan.draw.queries import PoolChoice
from kuangan.draw.signing import SHORTEST_WITNESS
from kuangan.mine.models import GasGrade, MineStatus
from kuangan.web.frame.lists import Filters
from kuangan.web.frame.request import Request
from kuangan.web.gate.addresses import DayField

CLASSES = (("", "全部"), ("A", "A 类"), ("B", "B 类"), ("C", "C 类"), ("D", "D 类"))
ANY = ("", "全部")


class PoolFilters(Filters):
    """Which mines go into the pool."""

    county = forms.ChoiceField(label="县（区）", choices=())
    mine_class = forms.ChoiceField(label="分类类别", choices=CLASSES)
    gas_grade = forms.ChoiceField(label="瓦斯等级", choices=(ANY, *GasGrade.choices))
    status = forms.ChoiceField(label="状态", choices=(ANY, *MineStatus.choices))

    def __init__(self, request: Request, unit: Unit) -> None:
        super().__init__(request)
        counties = (
            units_visible_to(request.user, [UnitKind.county]).filter(path__startswith=unit.scope_path).order_by("code")
        )
        field = self.fields["county"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ANY, *counties.values_list("code", "name")]

    def choice(self) -> PoolChoice:
        """The filters as the pool takes them."""
        return PoolChoice(**{name: self.chosen(name) or "" for name in self.fields})


class NewDrawForm(forms.Form):
    """Title, purpose, numbers, and a reason for each officer who is left out."""

    title = forms.CharField(label="名称", max_length=100)
    purpose = forms.CharField(label="检查事项", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    mines = forms.IntegerField(label="抽取煤矿数", min_value=1)
    officers = forms.IntegerField(label="抽取人员数", min_value=1)

    repeat_reason = forms.CharField(
        label="重复抽取理由", max_length=300, required=False, help_text="与近期名单基本相同的必须填写，理由向社会公开"
    )

    def __init__(self, *args: Any, people: list[Person]) -> None:
        super().__init__(*args)
        self.people = people
        for person in people:
            self.fields[f"recusal_{person.pk}"] = forms.CharField(
                label=f"{person.name}回避理由", max_length=200, required=False
            )
        _style(self)

    def recusals(self) -> dict[int, str]:
        """Reasons by person."""
        given = {person.pk: self.cleaned_data[f"recusal_{person.pk}"].strip() for person in self.people}
        return {key: reason for key, reason in given.items() if reason}

    @property
    def officer_rows(self) -> list[tuple[Person, forms.BoundField]]:
        """Each officer with the field for his recusal."""
        return [(person, self[f"recusal_{person.pk}"]) for person in self.people]


class PrepareForm(forms.Form):
    """What is laid down for the moment of the draw."""

    public_on = DayField(
        label="结果公开日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="检查前公开会使被抽取煤矿提前知情，可定在检查结束之日",
    )
    outside_witness = forms.CharField(
        label="平台外见证人",
        max_length=40,
        required=False,
        help_text="见证人有本平台账号的不填，由其在本人账号上见证；没有账号的填写姓名，由第二名人员核实确认",
    )
    outside_text = forms.CharField(
        label="平台外见证人的见证内容", max_length=200, required=False, help_text="由见证人当场说出的一句话"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)


class WitnessForm(forms.Form):
    """What a witness gives at the moment of the draw; nothing where the words of another are confirmed."""

    witness_text = forms.CharField(
        label="见证内容",
        max_length=200,
        min_length=SHORTEST_WITNESS,
        help_text="现在想出的一句话或当日公开的数字，与种子一起决定结果，使任何人都无法事先选定",
    )

    def __init__(self, *args: Any, outside: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if outside:
            del self.fields["witness_text"]
        _style(self)


class CancelForm(forms.Form):
    reason = forms.CharField(label="作废原因", max_length=300, help_text="作废后仍向社会公开")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        _style(self)


def _style(form: forms.Form) -> None:
    for field in form.fields.values():
        field.widget.attrs.setdefault("class", "form-control")
        field.error_messages["required"] = f"请填写“{field.label}”"
