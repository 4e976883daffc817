"""Known problems that are let through for now. The list may only shrink: one that is no longer needed is a problem."""

from pathlib import Path
from typing import Final

from kuangan.law.lawcheck.problem import Problem

EXEMPTIONS: Final = Path(__file__).with_name("exemptions.txt")
"""One exemption a line: ``<kind> <where>``; lines that begin with ``#`` say why."""


def sift(problems: list[Problem], exemptions: Path) -> list[Problem]:
    """The problems that stay after the exemptions, with one more for each exemption that nothing needs."""
    listed = [line.strip() for line in exemptions.read_text(encoding="utf-8").splitlines()]
    exempt = {line for line in listed if line and not line.startswith("#")}
    met = {f"{problem.kind} {problem.where}" for problem in problems}
    stale = [Problem("exemption", line, "已无此问题，请从豁免清单中删去") for line in sorted(exempt - met)]
    return [problem for problem in problems if f"{problem.kind} {problem.where}" not in exempt] + stale
