"""What runs out or goes wrong slowly, for `kuangan doctor` and for 运行状态: the clock, the certificate, the disk."""

import shutil
from pathlib import Path

from kuangan.base import space
from kuangan.host.data_folder import DataFolder
from kuangan.host.machine import certificate, growth
from kuangan.host.machine.clock_state import WORST_S, clock_state
from kuangan.host.machine.result import Check, CheckResult, fault, good, unknown, warning
from kuangan.host.standby.watch import standby_lag


def machine_clock(_: DataFolder) -> CheckResult:
    """Whether a time source keeps the machine's clock."""
    state = clock_state()
    if state is None:
        return unknown("本机时钟", "本机不允许查询时间同步状态")
    if not state.is_kept:
        remedy = "期限和动态口令都以本机时间为准。请启用 chrony 或 systemd-timesyncd，并指向内网时间源。"
        return warning("本机时钟", "没有与时间源同步", remedy)
    if state.error_s > WORST_S:
        return warning("本机时钟", f"误差可能达到 {state.error_s:.1f} 秒", "请检查时间源是否可达（chronyc tracking）。")
    return good("本机时钟", f"已同步，误差不超过 {state.error_s:.3f} 秒")


def tls_certificate(_: DataFolder) -> CheckResult:
    """Until when the proxy's certificate is good."""
    name, place = "证书", certificate.certificate_file()
    if place is None:
        return unknown(name, "没有用 KUANGAN_CERTIFICATE 指定代理所用的证书", "指定后可在到期前提醒。")
    try:
        end = certificate.end_of(place)
    except certificate.UnknownEnd as error:
        return fault(name, "不能读取", str(error))
    text, remedy = f"有效期至 {end:%Y-%m-%d}", certificate.warning(place, end)
    if not remedy:
        return good(name, text)
    return (fault if certificate.days_left(end) < 0 else warning)(name, text, remedy)


def disk_space(folder: DataFolder) -> CheckResult:
    """Whether there is room, and whether it is still taken in."""
    place = folder.root if folder.root.is_dir() else Path("/")
    usage = shutil.disk_usage(place)
    text = f"可用 {usage.free // space.MB} MB，共 {usage.total // space.MB} MB"
    if space.is_short(place):
        return fault("磁盘空间", text, space.shortage(place) + "可先移走较早的备份。")
    return good("磁盘空间", text)


def disk_forecast(folder: DataFolder) -> CheckResult:
    """How many days the disk lasts at the pace of the last days."""
    soon = growth.forecast(folder)
    if soon is None:
        return unknown("磁盘预计", "尚无一天以上的记录", "平台运行一天后可得。")
    if soon.is_soon:
        return warning("磁盘预计", f"约 {soon.days} 天后写满", growth.warning(folder, soon))
    return good("磁盘预计", "十年内不会写满" if soon.days is None else f"约 {soon.days} 天后写满")


SLOW_CHECKS: tuple[Check, ...] = (machine_clock, tls_certificate, disk_forecast, standby_lag)
"""What 运行状态 shows of them."""
