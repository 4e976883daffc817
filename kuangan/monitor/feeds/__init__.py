"""Feeds mines upload: MT/T 1201 text (family A). Pure Python; the compiled CDSS parser is `feeds.cdss_fast`."""

from kuangan.monitor.feeds.cdss import parse_cdss
from kuangan.monitor.feeds.definitions import parse_cddy, parse_relations, parse_ycbj
from kuangan.monitor.feeds.errors import BadRecord, FeedError
from kuangan.monitor.feeds.names import FileName, Identity, identify, parse_name, unzstd
from kuangan.monitor.feeds.records import (
    Declarations,
    Declared,
    DefinitionRecord,
    Definitions,
    Header,
    Relation,
    Snapshot,
)
from kuangan.monitor.feeds.registry import PointRegistry, PointText

__all__ = [
    "BadRecord",
    "Declarations",
    "Declared",
    "DefinitionRecord",
    "Definitions",
    "FeedError",
    "FileName",
    "Header",
    "Identity",
    "PointRegistry",
    "PointText",
    "Relation",
    "Snapshot",
    "identify",
    "parse_cddy",
    "parse_cdss",
    "parse_name",
    "parse_relations",
    "parse_ycbj",
    "unzstd",
]  # fmt: skip
