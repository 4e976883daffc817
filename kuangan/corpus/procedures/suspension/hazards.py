"""The items of the criteria for major hazards (令21), of which an officer may name the one that he established on site."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from kuangan.law.cite import Cite
from kuangan.law.instrument import article_text, cite_text, has_article, in_force
from kuangan.law.local import local

CRITERIA: Final = "major_hazard_criteria_2026"
POWERS: Final = (Cite("coal_mine_safety_ordinance", "44.1.3"), Cite("work_safety_law", "65.1.3"))
"""The articles that give the power to order a temporary stop, for a major hazard only."""
_FIRST, _LAST = 4, 20
_MOST_ITEMS = 30
_SHOWN = 60


@cache
def choices() -> tuple[tuple[str, str], ...]:
    """Every item of articles 4 to 20, as a form lists it: its place and how it begins."""
    places = (f"{article}.1.{item}" for article in range(_FIRST, _LAST + 1) for item in range(1, _MOST_ITEMS + 1))
    return tuple((place, _listed(place)) for place in places if has_article(Cite(CRITERIA, place)))


def cite(inputs: Mapping[str, Any]) -> Cite | None:
    """The item that was named, or None."""
    return Cite(CRITERIA, str(inputs["hazard_item"])) if inputs.get("hazard_item") else None


def found_text(inputs: Mapping[str, Any]) -> str:
    """What was established, for the facts of a decision; "" where no item was named."""
    named = cite(inputs)
    if named is None:
        return ""
    return f"经现场检查，{str(inputs['hazard_found']).rstrip('。')}，属于{cite_text(named)}规定的重大事故隐患。"


def evidence(inputs: Mapping[str, Any]) -> list[str]:
    """How an item that was named is shown."""
    return [f"现场检查记录和证据材料（{len(inputs['hazard_files'])}件，随案附卷）"] if cite(inputs) else []


def powers(inputs: Mapping[str, Any], on: date) -> tuple[Cite, ...]:
    """What a decision cites for its power beside its finding: nothing, unless an item was named (or the city's lawyer answered otherwise)."""
    named = cite(inputs)
    always = local("suspension.power", on).value == "always"
    return (*(POWERS if named or always else ()), *((named,) if named else ()))


def refused(inputs: Mapping[str, Any], on: date) -> str | None:
    """An item goes with what was found on site and its evidence, and has to be law on the day; what was found goes with an item."""
    named = cite(inputs)
    if named is None:
        written = inputs.get("hazard_found") or inputs.get("hazard_files")
        return "填写了重大事故隐患的查实情况或证据，须选定认定的情形；未认定的请清空" if written else None
    if not in_force(named, on):
        return f"{cite_text(Cite(CRITERIA))}（令第21号）在本日尚未施行，不得据以认定"
    if not inputs.get("hazard_found") or not inputs.get("hazard_files"):
        return "认定重大事故隐患须写明现场查实的情况，并上传证据材料"
    return None


def _listed(place: str) -> str:
    words = article_text(Cite(CRITERIA, place)).splitlines()[0]
    where = cite_text(Cite(CRITERIA, place)).partition("》")[2]
    text = words.partition("）")[2]
    return f"{where}　{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}"
