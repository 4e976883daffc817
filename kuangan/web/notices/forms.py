"""Forms of gateways and of quiet hours."""

from collections.abc import Mapping
from typing import Any

from django import forms

from kuangan.core.models import Channel, Gateway, QuietHours, User
from kuangan.core.notify.gateways import GatewayKind
from kuangan.core.queries.keeping import kept_units
from kuangan.law.field import Field
from kuangan.law.role import Role
from kuangan.web.frame.fields.declared import DeclaredForm
from kuangan.web.office.forms import OfficeForm, offer

SITE = "site"


class QuietForm(OfficeForm):
    """Hours of the day; both empty take them back."""

    begins = forms.TimeField(label="开始", required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(
        label="结束",
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text="结束早于开始的，到次日；两项都不填即取消。",
    )

    def clean(self) -> dict[str, Any]:
        """Both or none."""
        given = super().clean() or self.cleaned_data
        if bool(given.get("begins")) != bool(given.get("ends")) and not self.errors:
            self.add_error("ends", "开始和结束时间须都填写，或者都不填写。")
        return dict(given)


class QuietRoleForm(QuietForm):
    """Hours of all who hold a role."""

    role = forms.ChoiceField(label="角色", choices=[(role.value, role.label) for role in Role])
    field_order = ("role", "begins", "ends")


def quiet_initial(hours: QuietHours | None) -> dict[str, Any]:
    """What the form holds before anybody types."""
    return {"begins": hours.begins, "ends": hours.ends} if hours else {}


class GatewayForm(OfficeForm):
    """What every gateway has."""

    name = forms.CharField(label="名称", max_length=40, help_text="如：移动短信、应急值班群")
    channel = forms.ChoiceField(label="方式")
    unit: Any = forms.ModelChoiceField(
        None, label="工作群所属单位", required=False, empty_label="请选择单位", help_text="发给该单位的通知发到这个群"
    )
    rank = forms.IntegerField(
        label="次序",
        min_value=1,
        max_value=99,
        initial=1,
        help_text="同一方式有多个通道的，先用次序小的，不通时换下一个",
    )
    site = forms.CharField(
        label="平台网址", max_length=200, required=False, help_text="消息中的链接打开此网址，如 https://kuangan.example"
    )
    enabled = forms.BooleanField(label="启用", required=False)

    def __init__(
        self, kind: GatewayKind, reader: User, *args: Any, gateway: Gateway | None = None, **kwargs: Any
    ) -> None:
        held = initial_of(gateway) if gateway else {}
        super().__init__(*args, initial=held, **kwargs)
        channels: Any = self.fields["channel"]
        channels.choices = [(channel, Channel(channel).label) for channel in kind.channels]
        if Channel.group in kind.channels:
            offer(self, "unit", kept_units(reader))
        else:
            del self.fields["unit"]

    def clean_site(self) -> str:
        """An address of http or https, or none."""
        site = str(self.cleaned_data["site"]).strip().rstrip("/")
        if site and not site.startswith(("https://", "http://")):
            raise forms.ValidationError("请填写以 https:// 或 http:// 开头的网址")
        if not site and self.cleaned_data.get("channel") == Channel.todo:
            raise forms.ValidationError("待办从这个网址打开平台，请填写")
        return site


def initial_of(gateway: Gateway) -> dict[str, Any]:
    """What the form of a gateway holds."""
    return {
        "name": gateway.name,
        "channel": gateway.channel,
        "unit": gateway.unit_id,
        "rank": gateway.rank,
        "site": gateway.settings.get(SITE, ""),
        "enabled": gateway.enabled,
    }


class SettingsForm(DeclaredForm):
    """The fields of a kind. A secret is never shown back: left empty it stays as it is."""

    def __init__(self, kind: GatewayKind, kept: Mapping[str, bool], *args: Any, **kwargs: Any) -> None:
        super().__init__([_asked(field, kept) for field in kind.fields], *args, prefix="s", **kwargs)
        for field in kind.fields:
            if field.sealed:
                widget = forms.PasswordInput({"class": "form-control", "autocomplete": "new-password"})
                self.fields[field.name].widget = widget
                if kept.get(field.name):
                    self.fields[field.name].help_text = "已保存，不显示；不更换的留空。"


def _asked(field: Field, kept: Mapping[str, bool]) -> Field:
    from dataclasses import replace

    return replace(field, required=False) if field.sealed and kept.get(field.name) else field
