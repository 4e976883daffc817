"""What the staff's and the public's pages of draws share."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from kuangan.draw.models import Draw


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
    return {name: _rows(draw.record["pools"][name], keys) for name, keys in draw.result["drawn"].items()}


def _rows(pool: list[dict[str, str]], keys: list[str]) -> list[Drawn]:
    names = {one["key"]: one["name"] for one in pool}
    return [Drawn(order, key, names[key]) for order, key in enumerate(keys, 1)]


def recusals_of(draw: Draw) -> list[tuple[str, str]]:
    """Who is left out and why, for the unit that draws."""
    return [(one["name"], draw.recusals.get(one["key"], one.get("reason", ""))) for one in draw.record["excluded"]]


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
