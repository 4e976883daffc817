"""The programs: Python, libraries, front-end files, fonts, time zones."""

import importlib.metadata
import platform
import re
import sys
import zoneinfo
from pathlib import Path

from kuangan.host.data_folder import DataFolder
from kuangan.host.frontend import FONT_FILES, PACKAGE, Frontend
from kuangan.host.install.fits import trouble
from kuangan.host.machine.result import CheckResult, fault, good, unknown, warning

LOCK = PACKAGE.parent / "requirements" / "base.txt"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\;]+)(?: ; (.*?))?\s*\\?$")
SHOWN = 5
"""Libraries named at most."""


def python_version(_: DataFolder) -> CheckResult:
    """Whether this Python carries the platform."""
    spoken = f"Python {platform.python_version()}（{sys.executable}）"
    reason = trouble(PACKAGE.parent / "wheels", sys.version_info[:2], platform.machine())
    return fault("Python", spoken, reason) if reason else good("Python", spoken)


def libraries(_: DataFolder) -> CheckResult:
    """Whether what is installed is what the lock names."""
    name = "依赖库"
    if not LOCK.is_file():
        return unknown(name, f"没有锁定文件 {LOCK}，不能核对版本")
    strays = list(_strays(LOCK))
    if not strays:
        return good(name, "与锁定的版本一致")
    more = f"等 {len(strays)} 个" if len(strays) > SHOWN else ""
    remedy = "请在安装目录执行 make setup；仍不一致时删除 .venv 后重新执行。"
    return fault(name, f"与锁定的版本不一致：{'、'.join(strays[:SHOWN])}{more}", remedy)


def _strays(lock: Path) -> list[str]:
    strays = []
    for line in lock.read_text().splitlines():
        match = LOCKED.match(line)
        if match is None or "win32" in (match[3] or ""):
            continue
        try:
            installed = importlib.metadata.version(match[1])
        except importlib.metadata.PackageNotFoundError:
            installed = "未安装"
        if installed != match[2]:
            strays.append(f"{match[1]} 应为 {match[2]}，实为 {installed}")
    return strays


def front_end(_: DataFolder) -> CheckResult:
    """Whether style sheets, scripts and icons are there and of this version."""
    if Frontend().is_ready():
        return good("前端组件", "齐全")
    return fault("前端组件", "缺失或与本版本不符，页面将没有样式", "请执行 make setup（离线安装包自带，无须联网）。")


def fonts(_: DataFolder) -> CheckResult:
    """Whether the fonts of the papers are there."""
    missing = [name for name in FONT_FILES.values() if not (Frontend().fonts / name).is_file()]
    if not missing:
        return good("文书字体", "齐全")
    remedy = "没有字体不能生成文书。请删除 kuangan/static/vendor/stamp.txt 后执行 make setup。"
    return fault("文书字体", f"缺少 {'、'.join(missing)}", remedy)


def time_zones(_: DataFolder) -> CheckResult:
    """Whether the machine knows Beijing's time."""
    try:
        zoneinfo.ZoneInfo("Asia/Shanghai")
    except zoneinfo.ZoneInfoNotFoundError:
        return fault("时区数据", "没有 Asia/Shanghai", "请安装操作系统的 tzdata 软件包后重新启动。")
    return good("时区数据", "Asia/Shanghai 可用")


def demonstration(folder: DataFolder) -> CheckResult:
    """Whether the folder holds the invented city, whose passwords stand on the log-in page."""
    if (folder.root / "demo.json").exists():
        remedy = "演示城市的账号和密码公开显示。正式使用请用 KUANGAN_DATA 另设空文件夹，并加 --no-demo 启动。"
        return warning("用途", f"{folder.root} 是演示城市的数据", remedy)
    return good("用途", "正式数据（不含演示城市）")
