"""运行状态: processes, queue, database, disk, what has no next wake-up, the audit chain."""

import json
import shutil
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from kuangan.base import clock
from kuangan.core.actions import ask_trail_check
from kuangan.core.models import RestoreTrial, User
from kuangan.core.queries.incidents import recent_incidents
from kuangan.duty.queries import years_without_calendar
from kuangan.flow.upkeep.queries import (
    backup_marks,
    failed_deliveries,
    kept_backups,
    newest_marks,
    sleepless_work,
    waiting_work,
)
from kuangan.host.backup.plan import backup_plan
from kuangan.host.machine.checks import SLOW_CHECKS
from kuangan.host.processes import process
from kuangan.web.admin.lists import BACKUPS, CONDITIONS, FAILED, INCIDENTS, PROCESSES, SLEEPLESS, WAITING
from kuangan.web.cases.words import CHECK_WORDS
from kuangan.web.frame import shown
from kuangan.web.frame.doors import OPERATOR, door
from kuangan.web.frame.page import show
from kuangan.web.frame.request import Request
from kuangan.web.frame.tables import Table, bare

PROCESS_WORDS = {
    "postgres": "数据库",
    "postgresql": "数据库",
    "web": "页面服务",
    "ingest": "数据接收",
    "sweep": "到期处理",
    "emulate": "演示数据源",
    "standby": "备机复制",
}
NO_BACKUP = "尚无备份。平台每日自动备份；也可在服务器上执行 kuangan backup。"
NO_PROCESSES = format_html("{}<br>平台不是由 kuangan up 启动的，请用系统工具查看进程。", shown.unknown("进程情况不明"))


@dataclass(frozen=True)
class Process:
    """One process of the platform: word, number, whether it lives, since when, memory in bytes, starts."""

    name: str
    pid: int | None
    alive: bool
    since: float
    memory: int
    starts: int


@door(*OPERATOR)
def status(request: Request) -> HttpResponse:
    """Everything an operator looks at first."""
    moment, newest, back = clock.now(), newest_marks(request.user), backup_marks(request.user)
    context: dict[str, Any] = {
        "processes": Table(PROCESSES, processes(), NO_PROCESSES),
        "incidents": Table(INCIDENTS, recent_incidents(moment), "近七日没有运行异常。"),
        "queue": Table(WAITING, waiting_work(request.user, moment), style=""),
        "database": database(),
        "disk": shutil.disk_usage(settings.DATA.root),
        "conditions": Table(CONDITIONS, [check(settings.DATA) for check in SLOW_CHECKS]),
        "backups": bare(BACKUPS, kept_backups(request.user), NO_BACKUP),
        "back": back,
        "trial_result": trial_result(back.trial),
        "next_backup": next_backup(),
        "sleepless": bare(SLEEPLESS, sleepless(request.user), "所有在办期限、核对和办件都有下一次唤醒时间。"),
        "cursor": newest.cursor,
        "newest": newest.received_at,
        "events": newest.events,
        "check": newest.check,
        "seal": newest.seal,
        "failed": bare(FAILED, failed_deliveries(request.user), "没有发送失败的消息。"),
    }
    template = "admin/_status.html" if request.headers.get("HX-Request") else "admin/status.html"
    return show(request, template, **context)


def next_backup() -> str:
    """When the daily backup begins next, by the machine's clock."""
    due = backup_plan(settings.DATA).next_due(clock.wall_now())
    return f"下次 {due:%m-%d %H:%M}" if due else "未启用自动备份"


def trial_result(trial: RestoreTrial | None) -> str:
    """How the last trial to restore a backup ended."""
    if trial is None:
        return ""
    return "未通过" if trial.fault else f"通过，{trial.seconds} 秒"


@door(*OPERATOR, methods=("POST",))
def verify(request: Request) -> HttpResponse:
    """Have the trail and what rests on it proved; the result stands on the page when it is there."""
    ask_trail_check(actor=request.user)
    messages.success(request, "已开始核验全部操作记录和业务数据，完成后结果显示在本页。")
    return redirect("status")


def processes() -> list[Process]:
    """What the supervisor says it runs, looked at anew; empty when the platform is not run by it."""
    place = settings.DATA.run / "status.json"
    if not place.is_file():
        return []
    children = json.loads(place.read_text())["children"]
    return [_process(name, child["pid"], child["starts"]) for name, child in children.items()]


def _process(name: str, pid: int | None, starts: int) -> Process:
    running = process(pid) if pid else None
    return Process(
        name=PROCESS_WORDS.get(name, name),
        pid=pid,
        alive=running is not None,
        since=running.create_time() if running else 0.0,
        memory=running.memory_info().rss if running else 0,
        starts=starts,
    )


def sleepless(reader: User) -> list[tuple[str, str]]:
    """What is open but will never be looked at again, and rules that fail (there should be none): kind and name."""
    work = sleepless_work(reader)
    lines = [("期限", f"{case_clock.case.number} {case_clock.label}") for case_clock in work.clocks]
    lines += [("系统核对", f"{check.case.number} {CHECK_WORDS[check.kind]}") for check in work.checks]
    lines += [("规则", f"{rule.rule}判定失败：{rule.error}") for rule in work.rules]
    lines += [("年历", f"缺少{year}年节假日安排，期限暂按普通周计算") for year in years_without_calendar(clock.now())]
    return lines + [("办件", f"{case.number} 没有任何期限") for case in work.cases]


def database() -> dict[str, Any]:
    """Version, size in bytes and connections of the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database()), "
            "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()), "
            "current_setting('max_connections')::int"
        )
        version, size, used, most = cursor.fetchone()
    return {"version": version, "size": size, "used": used, "most": most}
