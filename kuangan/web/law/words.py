"""Values of law as people read them: local values and comparisons."""

from typing import Any

from kuangan.law.time.span import parse_span

_CODED = {
    "rolling": "任意连续时段",
    "calendar": "自然周",
    "started_at": "超限开始时间",
    "confirmed_at": "核实确认时间",
    "alarm": "报警浓度",
    "power_off": "断电浓度",
    "real": "真实超限",
    "planned": "计划性超限",
    "onsite_decision": "现场处理决定",
    "penalty": "行政处罚",
}
"""Local values that are codes, as people read them."""


def local_value(value: Any) -> str:
    """A local value as people write it: spans in words, lists with 、."""
    if isinstance(value, dict):
        return "、".join(f"{key} {item}" for key, item in value.items())
    if isinstance(value, list):
        return "、".join(_CODED.get(str(item), str(item)) for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    try:
        return str(parse_span(str(value)))
    except ValueError:
        return _CODED.get(str(value), str(value))


def operator(written: str) -> str:
    """A comparison as the law prints it."""
    return {">=": "≥", ">": "＞", "<=": "≤", "<": "＜"}[written]
