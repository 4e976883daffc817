"""What one check says."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kuangan.host.data_folder import DataFolder


class Condition(StrEnum):
    """How a check went, with its Chinese word."""

    GOOD = "正常"
    WARNING = "注意"
    FAULT = "故障"
    UNKNOWN = "未查"


@dataclass(frozen=True)
class CheckResult:
    """What was looked at, how it is, in words, and what to do where something is to be done."""

    name: str
    condition: Condition
    text: str
    remedy: str = ""


Check = Callable[[DataFolder], CheckResult]


def good(name: str, text: str) -> CheckResult:
    return CheckResult(name, Condition.GOOD, text)


def warning(name: str, text: str, remedy: str) -> CheckResult:
    return CheckResult(name, Condition.WARNING, text, remedy)


def fault(name: str, text: str, remedy: str) -> CheckResult:
    return CheckResult(name, Condition.FAULT, text, remedy)


def unknown(name: str, text: str, remedy: str = "") -> CheckResult:
    return CheckResult(name, Condition.UNKNOWN, text, remedy)
