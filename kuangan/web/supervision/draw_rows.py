"""What the staff's and the public's pages of draws share."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kuangan.draw.models import Draw
from kuangan.web.frame import shown


@dataclass(frozen=True)
class Drawn:
    """One who was drawn, in the order of the draw."""

    order: int
    key: str
    name: str


def chosen_of(draw: Draw) -> dict[str, list[Drawn]] | None:
    """Mines and officers drawn, by pool; None before the draw."""
    if draw.result is None:
        return None
    return {name: _drawn_of(draw.record["pools"][name], keys) for name, keys in draw.result["drawn"].items()}


def _drawn_of(pool: list[dict[str, str]], keys: list[str]) -> list[Drawn]:
    names = {member["key"]: member["name"] for member in pool}
    return [Drawn(order, key, names[key]) for order, key in enumerate(keys, 1)]


def recusals_of(draw: Draw) -> list[tuple[str, str]]:
    """Who is left out and why, for the unit that draws."""
    return [
        (excluded_member["name"], draw.recusals.get(excluded_member["key"], excluded_member.get("reason", "")))
        for excluded_member in draw.record["excluded"]
    ]


def repeat_words(draw: Draw) -> SafeString:
    """Of which draws a pool repeats, why, and whether a second person agreed; nothing of one that repeats none."""
    repeats = draw.record.get("repeats") or {}
    if not repeats.get("of"):
        return shown.EMPTY
    before = format_html_join(
        "",
        "与“{}”（承诺摘要 <code>{}</code>）名单基本相同；",
        ((earlier["title"], earlier["commitment"][:12]) for earlier in repeats["of"]),
    )
    agreed = f"{draw.repeat_agreed_by.display_name}已同意" if draw.repeat_agreed_by else "待第二人同意"
    return format_html("{}理由：{}；{}", before, repeats.get("reason", ""), agreed)


def record_response(draw: Draw, record: Mapping[str, Any]) -> HttpResponse:
    """A record as a JSON file."""
    return json_file(record, f"draw-{draw.slug}.json")


def json_file(record: Mapping[str, Any], name: str) -> HttpResponse:
    """A record that anybody may recompute, as a file to keep."""
    return HttpResponse(
        json.dumps(record, ensure_ascii=False, indent=1),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
