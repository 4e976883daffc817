"""Whether the platform runs: its processes, its ports, whether they answer."""

import json
import os

from kuangan.host.data_folder import DataFolder
from kuangan.host.machine.result import CheckResult, fault, good, unknown, warning
from kuangan.host.ports import PortTaken, accepts, chosen_port
from kuangan.host.processes import process
from kuangan.host.up import Wishes

LISTENERS = {
    "网页": ("KUANGAN_WEB_HOST", "KUANGAN_WEB_PORT", Wishes.port, "--port"),
    "数据接入": ("KUANGAN_INGEST_HOST", "KUANGAN_INGEST_PORT", Wishes.ingest_port, "--ingest-port"),
}


def supervisor(folder: DataFolder) -> dict[str, object]:
    """What the supervisor of the folder says of itself; empty when none runs."""
    try:
        state: dict[str, object] = json.loads((folder.run / "status.json").read_text())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state.get("pid"), int) and process(int(str(state["pid"]))) else {}


def processes(folder: DataFolder) -> CheckResult:
    """Whether the platform runs with all its processes."""
    state = supervisor(folder)
    if not state:
        return unknown(
            "进程", "平台没有运行", "请用 kuangan up 或 systemctl start kuangan 启动；启动失败的原因在 logs 中。"
        )
    children, told = state.get("children"), state.get("troubles")
    stopped = [name for name, child in children.items() if not child["pid"]] if isinstance(children, dict) else []
    if stopped:
        return fault("进程", f"未在运行：{'、'.join(stopped)}", f"正在自动重启；请查看 {folder.logs} 中的同名日志。")
    if isinstance(told, list) and told:
        return warning("进程", "运行中，有未结束的异常", "；".join(str(text) for text in told))
    return good("进程", "全部运行")


def ports(folder: DataFolder) -> CheckResult:
    """Whether the ports are ours or free."""
    if supervisor(folder):
        return good("端口", "由本平台使用")
    for word, (host, port, usual, option) in LISTENERS.items():
        where, number = os.environ.get(host) or Wishes.host, int(os.environ.get(port) or usual)
        try:
            chosen_port(where, number, option)
        except PortTaken as taken:
            return fault(
                "端口", f"{word}端口不能使用：{taken}", "平台没有运行，端口却已被占用；请停止占用的程序或另选端口。"
            )
    return good("端口", "空闲")


def answers(folder: DataFolder) -> CheckResult:
    """Whether the pages and the door for data take connections."""
    addresses = supervisor(folder).get("addresses")
    if not isinstance(addresses, dict):
        return unknown("监听", "平台没有运行")
    silent = [url for url in addresses.values() if not _takes(str(url))]
    if silent:
        return fault(
            "监听", f"没有应答：{'、'.join(silent)}", f"请查看 {folder.logs} 中 web.log、ingest.log 最后的记录。"
        )
    return good("监听", "、".join(addresses.values()))


def _takes(url: str) -> bool:
    host, _, port = url.partition("//")[2].rpartition(":")
    host = host.strip("[]")
    return accepts({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), int(port))  # noqa: S104 (compared, not bound)
