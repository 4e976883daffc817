"""`kuangan doctor`: every check in turn, whatever the others say; the database may be down."""

import json
import os
from collections import Counter
from dataclasses import asdict

from kuangan.cli.doctor import data, database, programs, running, work
from kuangan.cli.parser import Arguments, Parser
from kuangan.host.data_folder import data_folder
from kuangan.host.machine import checks
from kuangan.host.machine.result import Check, CheckResult, Condition, fault
from kuangan.host.standby.watch import standby_lag

CHECKS: tuple[tuple[str, tuple[Check, ...]], ...] = (
    ("程序", (programs.python_version, programs.libraries, programs.front_end, programs.fonts, programs.time_zones)),
    (
        "数据文件夹",
        (programs.demonstration, data.account, data.permissions, data.keys, checks.disk_space, checks.disk_forecast),
    ),
    (
        "运行环境",
        (
            running.processes,
            running.ports,
            running.answers,
            checks.machine_clock,
            checks.tls_certificate,
            standby_lag,
        ),
    ),
    (
        "数据库",
        (database.reach, database.migrations, database.role_rights, database.clock, database.connections),
    ),
    ("业务", (work.incidents, work.feeds, work.local_answers, work.last_backup, work.restore_trial)),
)
"""The checks by what they are about, in the order in which one rests on the other."""


def add_arguments(parser: Parser) -> None:
    """``--json``."""
    parser.add_argument("--json", action="store_true", help="以 JSON 输出，供监控程序读取")


def run(args: Arguments) -> int:
    """Print every result. Exit status 0: nothing to do; 1: a fault; 3: only warnings."""
    groups = {heading: [_made(check) for check in checks] for heading, checks in CHECKS}
    results = [result for group in groups.values() for result in group]
    counted = Counter(result.condition for result in results)
    if args.json:
        print(json.dumps([asdict(result) for result in results], ensure_ascii=False, indent=1))
    else:
        print("\n".join(report(groups, counted)))
    return 1 if counted[Condition.FAULT] else 3 if counted[Condition.WARNING] else 0


def _made(check: Check) -> CheckResult:
    """The result of one check; one that breaks down is a result, too, and the others go on."""
    try:
        return check(data_folder())
    except Exception as error:  # noqa: BLE001 (whatever is wrong with the installation is what is looked for)
        name = check.__name__.strip("_")
        return fault(
            name, f"检查本身未能完成：{type(error).__name__} {error}", "请把本行连同 logs 中的日志交给维护人员。"
        )


def report(groups: dict[str, list[CheckResult]], counted: "Counter[Condition]") -> list[str]:
    """The results as lines for a person."""
    lines = [f"数据文件夹：{data_folder().root}（KUANGAN_DATA={os.environ.get('KUANGAN_DATA', '未设置')}）"]
    for heading, results in groups.items():
        lines += ["", heading]
        for result in results:
            lines.append(f"  [{result.condition}] {result.name}：{result.text}")
            if result.remedy:
                lines.append(f"         {result.remedy}")
    counts = "，".join(f"{condition} {counted[condition]} 项" for condition in Condition if counted[condition])
    return [*lines, "", f"合计：{counts}"]
