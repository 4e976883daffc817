"""The lists of the register as columns: units with their posts, and changes."""

from typing import Any, Final

from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.flow.changes.doing import State
from kuangan.flow.changes.kinds import change_kinds
from kuangan.flow.models import RegisterChange
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column


def kind_title(change: RegisterChange) -> str:
    """What a change is called; one of an older release by its id."""
    kind = change_kinds().get(change.kind)
    return kind.title if kind else change.kind


def title_of(change: RegisterChange) -> str:
    """A change in a few words, a correction said so."""
    return f"更正：{kind_title(change)}" if change.corrects_id else kind_title(change)


def state_words(change: RegisterChange) -> str:
    """Where a change stands."""
    asks = change.state == State.proposed and change.request_id is not None
    return "待双人审批" if asks else str(State(change.state).label)


def _state(change: RegisterChange) -> Any:
    words = state_words(change)
    return shown.strong(words) if change.state in (State.proposed, State.failed) else words


def _link(change: RegisterChange) -> Any:
    return shown.link(reverse("register_change", args=[change.pk]), title_of(change))


def _said(change: RegisterChange) -> str:
    return "；".join(f"{label}：{text}" for label, text in change.said)


CHANGES: Final = (
    Column("事项", title_of, 20, _link),
    Column("对象", lambda change: change.about, 30),
    Column("单位", lambda change: change.unit.name, 28, page=False),
    Column("内容", _said, 40, style="small"),
    Column("生效日期", lambda change: change.effective_on, style="nowrap"),
    Column("文号", lambda change: change.document, 24, style="small phone-off"),
    Column("事由", lambda change: change.reason, 30, page=False),
    Column("提出", lambda change: f"{change.asked_for.name} {change.asked_by.display_name}", 30, style="small"),
    Column("提出时间", lambda change: change.asked_at, style="nowrap phone-off"),
    Column("状态", state_words, 12, _state, style="nowrap"),
)
OF_UNIT: Final = tuple(column for column in CHANGES if column.heading not in ("单位", "文号", "提出时间"))
EFFECTS: Final = (
    Column("内容", lambda effect: effect.what),
    Column("现在", lambda effect: effect.before),
    Column("变更后", lambda effect: effect.after, style="strong"),
)


def _holders(post: Any) -> Any:
    names = [tenure.person.name for tenure in post.now]
    return "、".join(names) if names else shown.unknown("空缺")


def changes_link(kind: str, key: object, words: str) -> Any:
    """Words that lead to what may be changed about a thing."""
    return shown.link(reverse("change_kinds_of", args=[kind, key]), words)


def _change_of_post(post: Any) -> Any:
    return changes_link("post", post.pk, "办理")


def _posts_held(person: Any) -> str:
    return "、".join(tenure.post.title for tenure in person.held)


PEOPLE: Final = (
    Column("姓名", lambda person: person.name),
    Column("手机", lambda person: person.phone, style="nowrap"),
    Column("执法证号", lambda person: person.certificate, style="small"),
    Column("岗位", _posts_held),
    Column("用户名", lambda person: person.user.username if hasattr(person, "user") else ""),
    Column("", lambda person: changes_link("person", person.pk, "办理"), style="num"),
)
POSTS: Final = (
    Column("岗位", lambda post: post.title),
    Column("权限", lambda post: post.get_role_display()),
    Column("任职人员", lambda post: "、".join(tenure.person.name for tenure in post.now), shown=_holders),
    Column("B岗", lambda post: post.deputy.title if post.deputy else ""),
)
KEPT_POSTS: Final = (*POSTS, Column("", _change_of_post, style="num"))
"""As its keepers see them."""


DEEPEST: Final = 3


def _indented(unit: Any) -> SafeString:
    depth = unit.path.count("/") - 1
    link = shown.link(reverse("register_unit", args=[unit.code]), unit.name)
    return shown.joined("　" * min(depth, DEEPEST), link)


UNITS: Final = (
    Column("单位", lambda unit: unit.name, 32, _indented, label=""),
    Column("类别", lambda unit: unit.get_kind_display(), style="nowrap phone-off"),
    Column("编码", lambda unit: unit.code, 24, style="small phone-off"),
    Column("值班电话", lambda unit: unit.phone, style="nowrap"),
    Column("岗位", lambda unit: unit.posts_held + unit.posts_vacant, style="num phone-off"),
    Column("空缺岗位", lambda unit: unit.posts_vacant or None, style="num strong"),
    Column("撤销日期", lambda unit: unit.closed_on, style="nowrap phone-off"),
)
