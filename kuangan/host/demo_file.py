"""`demo.json`, which the demonstration leaves in its data folder: city, accounts with passwords, upload tokens."""

from pathlib import Path
from typing import Any

from kuangan.base.files import UnreadableFile, read_json

NAME = "demo.json"
REMEDY = "它记录演示城市的账号；请从备份恢复该文件，或删除整个数据文件夹（含数据库）后重新建立演示城市。"


def read_demonstration(root: Path) -> dict[str, Any]:
    """What the file below ``root`` holds. FileNotFoundError when there is none, UnreadableFile (Chinese) when it is damaged."""
    place = root / NAME
    demonstration = read_json(place, remedy=REMEDY)
    if not isinstance(demonstration, dict) or not {"accounts", "password"} <= demonstration.keys():
        raise UnreadableFile(f"{place} 内容已损坏，{REMEDY}")
    return demonstration
