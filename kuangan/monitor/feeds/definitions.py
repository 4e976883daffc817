"""CDDY (point definitions) and YCBJ (alarms the mine declares)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from kuangan.monitor.feeds.layouts import layouts
from kuangan.monitor.feeds.reader import open_file, read_all
from kuangan.monitor.feeds.records import Declarations, Declared, DefinitionRecord, Definitions, Relation

# 关系<->测点编码<->名称:关系-测点编码, or with plain hyphens; the name may itself contain hyphens
_RELATION: Final = re.compile(
    r"(?P<relation>[A-Z])(?:<->|<-|->|-)(?P<code>[0-9A-Za-z]+)"
    r"(?:(?:<->|<-|->|-)(?P<name>[^:]*))?(?::(?P<back>[A-Z])(?:<->|<-|->|-)(?P<back_code>[0-9A-Za-z]+))?"
)


def parse_cddy(data: bytes, mine_codes: Collection[str] | None = None) -> Definitions:
    """A 测点基本信息 file. Raises FeedError."""
    layout = layouts()["CDDY"]
    opened = open_file(data, layout, mine_codes)
    parsed, bad = read_all(opened, layout)
    points = tuple(_definition(dict(zip(layout.fields, record, strict=True))) for record in parsed)
    return Definitions(opened.header, points, bad, opened.notes, len(opened.records))


def parse_ycbj(data: bytes, mine_codes: Collection[str] | None = None) -> Declarations:
    """An 异常报警 file. Raises FeedError."""
    layout = layouts()["YCBJ"]
    opened = open_file(data, layout, mine_codes)
    parsed, bad = read_all(opened, layout)
    alarms = tuple(_declared(dict(zip(layout.fields, record, strict=True))) for record in parsed)
    return Declarations(opened.header, alarms, bad, opened.notes, len(opened.records))


# Any: the layout's field kinds decide the types, the dataclass names them
def _definition(fields: dict[str, Any]) -> DefinitionRecord:
    return DefinitionRecord(**fields, relations=parse_relations(fields["relations_text"]))


def _declared(fields: dict[str, Any]) -> Declared:
    return Declared(**fields)


def parse_relations(text: str) -> tuple[Relation, ...]:
    """Relations of one point; groups the grammar does not know stay visible in `relations_text` only."""
    relations = (_RELATION.fullmatch(group.strip()) for group in text.split("◇"))
    return tuple(
        Relation(m["relation"], m["code"], m["name"] or "", m["back"] or "", m["back_code"] or "")
        for m in relations
        if m
    )
