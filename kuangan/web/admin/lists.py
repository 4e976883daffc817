"""The lists of the administrators as columns: posts, requests, the roster, the trail and its seals, the platform's state."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.safestring import SafeString

from kuangan.base import clock
from kuangan.core.models import Post, Roster, Tenure, User
from kuangan.host.machine.result import CheckResult, Condition
from kuangan.web.admin.trail_words import subject_words
from kuangan.web.cases.words import ACTION_WORDS
from kuangan.web.frame import shown
from kuangan.web.frame.lists import Column
from kuangan.web.frame.once import button
from kuangan.web.frame.request import Request


def _of_holders(post: Any, words: Callable[[Any], Any]) -> SafeString | None:
    """Words about each of those who hold a post now (``now``, by the prefetch); None for a vacant one."""
    return shown.joined(*(words(tenure.person) for tenure in post.now), by="、") if post.now else None


def person_link(person: Any) -> Any:
    """A name that leads to its place in the register of persons."""
    return shown.link(reverse("identity", args=[person.pk]), person.name)


def _account(person: Any) -> User | None:
    return getattr(person, "user", None)


def _account_link(person: Any) -> Any:
    user = _account(person)
    if user is None:
        return "—"
    link = shown.link(reverse("user", args=[user.pk]), user.username)
    return link if user.is_active else shown.joined(link, "（停用）")


def _first_account(post: Any) -> str:
    user = _account(post.now[0].person) if post.now else None
    return user.username if user else ""


def post_link(post: Post, text: Any) -> Any:
    """Words that lead to a post."""
    return shown.link(reverse("post", args=[post.pk]), text)


def _condition(result: CheckResult) -> SafeString:
    if result.condition is Condition.UNKNOWN:
        return shown.unknown("不明")
    is_good = result.condition is Condition.GOOD
    return shown.state(result.condition, terminal=is_good, waits=not is_good)


def _with_remedy(result: CheckResult) -> SafeString:
    return shown.markup("<div>{}{}</div>", result.text, shown.under(result.remedy))


POSTS = (
    Column("单位", lambda post: post.unit.name, 28),
    Column("岗位", lambda post: post.title, shown=lambda post: post_link(post, post.title)),
    Column("权限", lambda post: post.get_role_display()),
    Column(
        "任职人员",
        lambda post: post.now[0].person.name if post.now else "",
        shown=lambda post: _of_holders(post, person_link) or shown.unknown("空缺"),
        label="人员",
    ),
    Column("用户名", _first_account, shown=lambda post: _of_holders(post, _account_link), short="账号"),
    Column("B岗", lambda post: post.deputy.title if post.deputy else ""),
)
REQUESTS = (
    Column("事项", lambda asked: shown.link(reverse("account_request", args=[asked.pk]), asked.get_kind_display())),
    Column("单位", lambda asked: asked.unit.name),
    Column("人员", lambda asked: asked.whom),
    Column("岗位", lambda asked: asked.post.title if asked.post else None),
    Column("申请人", lambda asked: asked.asked_by.display_name),
    Column("申请时间", lambda asked: asked.asked_at),
    Column("状态", lambda asked: asked.get_state_display()),
)


def roster_columns(request: Request, at: datetime) -> tuple[Column, ...]:
    """A week's duty; what has not ended can be taken back."""

    def take_back(roster: Roster) -> SafeString:
        ended = roster.ends_at <= at
        return shown.EMPTY if ended else button(request, request.get_full_path(), "取消", remove=roster.pk)

    return (
        Column("日期", lambda roster: f"{roster.on:%m-%d}"),
        Column("班次", lambda roster: roster.get_shift_display()),
        Column("单位", lambda roster: shown.link(reverse("unit_roster", args=[roster.unit.code]), roster.unit.name)),
        Column("岗位", lambda roster: roster.get_role_display()),
        Column("人员", lambda roster: roster.person.name, style="strong"),
        Column("电话", lambda roster: roster.person.phone or shown.EMPTY),
        Column(
            "时段",
            lambda roster: f"{shown.minute(roster.starts_at)} — {shown.minute(roster.ends_at)}",
            style="small nowrap",
        ),
        Column("", take_back, style="num"),
    )


def _held(tenure: Tenure) -> str:
    until = shown.minute(tenure.to_at) if tenure.to_at else "现任"
    return f"{shown.minute(tenure.from_at)} — {until}"


HOLDERS = (Column("人员", lambda tenure: tenure.person.name), Column("任期", _held))
TENURES = (Column("岗位", lambda tenure: post_link(tenure.post, tenure.post)), Column("任期", _held))
ABSENCES = (
    Column("时段", lambda absence: f"{shown.minute(absence.from_at)} — {shown.minute(absence.to_at)}"),
    Column("事由", lambda absence: absence.reason or shown.EMPTY),
)
TRAIL = (
    Column("时间", lambda event: event.at, 20, lambda event: shown.moment(event.at), "nowrap"),
    Column("操作人", lambda event: event.actor.display_name if event.actor else "平台", 16),
    Column("操作", lambda event: ACTION_WORDS.get(event.action, event.action), 20),
    Column("对象", subject_words, 30, style="small"),
    Column("来源地址", lambda event: event.source, 20, style="nowrap"),
)
SEALS = (
    Column("日期", lambda line: line[0].day, style="nowrap"),
    Column("校验码", lambda line: line[1], style="nowrap strong"),
    Column("截止记录", lambda line: line[0].last_id, style="num"),
    Column("封存时间", lambda line: line[0].at, style="nowrap"),
    Column("签名", lambda line: "已签名" if line[0].signature else "启用签名前"),
)
"""A line is a seal with its check digits."""
INCIDENTS = (
    Column("类别", lambda incident: incident.word, style="nowrap"),
    Column("说明", lambda incident: incident.text),
    Column("开始", lambda incident: incident.began_at, style="nowrap"),
    Column("次数", lambda incident: incident.count, style="num"),
    Column("结束", lambda incident: incident.ended_at or shown.strong("未结束"), style="nowrap"),
)


def _uptime(process: Any) -> str:
    """How long a process has run, by the wall clock."""
    return shown.duration(clock.wall_now() - datetime.fromtimestamp(process.since, UTC)) if process.alive else ""


INVITED = (
    Column("单位", lambda invited: invited["unit"]),
    Column("姓名", lambda invited: invited["person"], style="nowrap"),
    Column("岗位", lambda invited: invited["posts"]),
)
PROCESSES = (
    Column("名称", lambda process: process.name),
    Column("进程号", lambda process: process.pid, style="num"),
    Column("状态", lambda process: "运行" if process.alive else shown.strong("未运行")),
    Column("运行时长", _uptime),
    Column("内存", lambda process: filesizeformat(process.memory) if process.alive else "", style="num"),
    Column("启动次数", lambda process: process.starts, style="num"),
)


def _backup_result(backup: Any) -> Any:
    """Whether it is whole, or what is wrong with it."""
    if not backup.fault:
        return "完整（加密）" if backup.is_encrypted else "完整"
    return shown.joined(shown.strong("有缺失" if backup.is_taken else "未完成"), shown.under(backup.fault))


BACKUPS = (
    Column("开始", lambda backup: backup.began_at, style="nowrap"),
    Column("类别", lambda backup: backup.get_kind_display(), style="nowrap"),
    Column("结果", _backup_result),
    Column("大小", lambda backup: filesizeformat(backup.size) if backup.is_taken else None, style="num nowrap"),
    Column("新增", lambda backup: filesizeformat(backup.new_size) if backup.is_taken else None, style="num nowrap"),
    Column("用时", lambda backup: shown.duration(backup.ended_at - backup.began_at), style="nowrap"),
    Column(
        "密钥", lambda backup: ("已另存" if backup.has_keys else "未备份") if backup.is_taken else None, style="nowrap"
    ),
    Column("位置", lambda backup: backup.folder, style="small"),
)
WAITING = (
    Column("队列", lambda waiting: waiting.name),
    Column("数量", lambda waiting: shown.strong(waiting.number) if waiting.number else 0, style="num"),
    Column("最早", lambda waiting: shown.age(waiting.oldest) if waiting.number else None, style="nowrap"),
)
SLEEPLESS = (Column("类别", lambda line: line[0], style="w-1 nowrap"), Column("事项", lambda line: line[1]))
CONDITIONS = (
    Column("项目", lambda result: result.name, style="w-1 nowrap"),
    Column("情况", lambda result: result.condition.value, shown=_condition, style="w-1 nowrap"),
    Column("说明", lambda result: result.text, shown=_with_remedy),
)
FAILED = (
    Column("渠道", lambda delivery: delivery.get_channel_display()),
    Column("接收人", lambda delivery: f"{delivery.receiver} {delivery.address}"),
    Column("原因", lambda delivery: delivery.last_error, style="small"),
)
