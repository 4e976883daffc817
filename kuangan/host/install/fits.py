"""Whether this machine's Python can carry the installation: `python kuangan/host/install/fits.py WHEELS`, before anything is installed.

Run by its path with the bare Python, so it imports nothing but the standard library. In an offline bundle the folder of
wheels holds `made-for.json`: the machine and the Python versions that the wheels are for.
"""

import importlib.util
import json
import platform
import sys
from pathlib import Path

OLDEST = (3, 11)
MADE_FOR = "made-for.json"


def trouble(wheels: Path, version: tuple[int, int], machine: str) -> str:
    """Why it does not fit, in Chinese with the remedy; "" when it does."""
    spoken = f"{version[0]}.{version[1]}"
    if version < OLDEST:
        return f"本机的 Python 是 {spoken}，矿安需要 3.11 或更新版本；请安装后用 make run PYTHON=python3.11 指定。"
    if importlib.util.find_spec("venv") is None:
        return "本机的 Python 缺少 venv 模块；请安装操作系统的 python3-venv 软件包后再执行。"
    if not (wheels / MADE_FOR).is_file():
        return ""
    made_for = json.loads((wheels / MADE_FOR).read_text())
    if machine != made_for["machine"]:
        return f"本安装包适用于 {made_for['machine']} 处理器，本机是 {machine}；请换用对应的安装包。"
    if spoken not in made_for["python"]:
        fitting = "、".join(made_for["python"])
        return f"本安装包适用于 Python {fitting}，本机是 {spoken}；请用 make run PYTHON=… 指定，或换用对应的安装包。"
    return ""


if __name__ == "__main__":
    sys.exit(trouble(Path(sys.argv[1]), sys.version_info[:2], platform.machine()) or None)
