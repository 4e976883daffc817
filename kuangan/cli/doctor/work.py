"""What the platform itself says is open: troubles, feeds, answers, the last backup. Asked through the packages, so only with a database."""

from datetime import timedelta
from pathlib import Path

from kuangan.base import clock
from kuangan.cli import django_setup
from kuangan.cli.doctor.database import migrations, unreachable
from kuangan.host.data_folder import DataFolder
from kuangan.host.machine.result import Check, CheckResult, Condition, fault, good, unknown, warning

SHOWN = 3
BACKUP_AGE = timedelta(days=2)
"""A daily backup that failed once is made up for within this."""
TRIAL_AGE = timedelta(days=92)


def _with_platform(name: str, check: Check) -> Check:
    """The check, asked once the packages are loaded; not at all without a database whose tables are up to date."""

    def asked(folder: DataFolder) -> CheckResult:
        if unreachable() or migrations(folder).condition is not Condition.GOOD:
            return unknown(name, "数据库连接不上或各表不是最新")
        django_setup.prepare("doctor")
        return check(folder)

    return asked


def _incidents(_: DataFolder) -> CheckResult:
    from kuangan.core.queries.incidents import open_incidents

    incidents = list(open_incidents())
    if not incidents:
        return good("运行异常", "没有未结束的异常")
    text = "；".join(f"{incident.word}：{incident.text}" for incident in incidents[:SHOWN])
    return warning("运行异常", f"{len(incidents)} 项未结束。{text}", "全部异常见网页“运行状态”，按其中说明处理。")


def _feeds(_: DataFolder) -> CheckResult:
    from kuangan.monitor.queries import silent_feeds

    names = [silence.mine.name for silence in silent_feeds()]
    if not names:
        return good("数据上传", "没有中断上传的煤矿")
    more = f"等 {len(names)} 家" if len(names) > SHOWN else ""
    remedy = "请联系煤矿检查上传程序和网络；已形成数据中断案件，处理情况见网页“数据接入”。"
    return warning("数据上传", f"中断上传：{'、'.join(names[:SHOWN])}{more}", remedy)


def _local_answers(_: DataFolder) -> CheckResult:
    from kuangan.core.queries.local_answers import answers_by_key
    from kuangan.law.local import packaged_values

    assumed = {entry.key for entry in packaged_values() if any(value.assumed for value in entry.values)}
    waiting = assumed - answers_by_key().keys()
    if not waiting:
        return good("本地取值", "暂定取值均已答复")
    text = f"{len(waiting)} 项取值是暂定的，本市尚未答复（{clock.civil(clock.now()):%Y-%m-%d}）"
    return warning("本地取值", text, "请市局在网页“待明确事项”逐项确认；步骤见 docs/how-to/local-answers.md。")


def _last_backup(_: DataFolder) -> CheckResult:
    from kuangan.core.actions.backups import KEYLESS_TEXT
    from kuangan.core.queries.backups import has_kept_keys, newest_backup

    name, backup = "备份", newest_backup()
    if backup is None:
        return warning(name, "还没有备份", "请执行 kuangan backup；平台运行时每日自动备份，见 docs/how-to/backup.md。")
    age, text = (
        clock.wall_now() - backup.began_at,
        f"最近一次 {clock.civil(backup.began_at):%Y-%m-%d %H:%M}，{backup.folder}",
    )
    if not Path(backup.folder).is_dir():
        return warning(name, f"{text}，现在找不到", "请查明备份是否移走、存储是否挂载；否则立即执行 kuangan backup。")
    if backup.fault:
        return warning(name, f"{text}，有缺失", backup.fault)
    if age > BACKUP_AGE:
        return warning(
            name, f"{text}，已过 {age.days} 天", "请查看运行异常和 KUANGAN_BACKUP_AT，或立即执行 kuangan backup。"
        )
    if not has_kept_keys():
        return warning(name, f"{text}，不含密钥", KEYLESS_TEXT)
    return good(name, text)


def _restore_trial(_: DataFolder) -> CheckResult:
    from kuangan.core.queries.backups import newest_trial

    name, trial, remedy = (
        "恢复演练",
        newest_trial(),
        "请执行 kuangan restore --rehearse，演练在备份旁进行，不影响运行。",
    )
    if trial is None:
        return warning(name, "没有做过", remedy)
    text = f"最近一次 {clock.civil(trial.at):%Y-%m-%d}，用时 {trial.seconds} 秒"
    if trial.fault:
        return fault(name, f"{text}，未通过：{trial.fault}", "备份不能恢复。请查明原因后重新备份并再次演练。")
    if clock.wall_now() - trial.at > TRIAL_AGE:
        return warning(name, f"{text}，已过三个月", remedy)
    return good(name, f"{text}，通过")


last_backup = _with_platform("备份", _last_backup)
restore_trial = _with_platform("恢复演练", _restore_trial)
incidents = _with_platform("运行异常", _incidents)
feeds = _with_platform("数据上传", _feeds)
local_answers = _with_platform("本地取值", _local_answers)
