"""History of readings: Parquet by mine and day in native steps, daily summaries, and their readers."""

from kuangan.monitor.history.compaction import compact
from kuangan.monitor.history.layout import DamagedFile, Part, PartName, days
from kuangan.monitor.history.reader import (
    Chart,
    DaySummary,
    HistoryError,
    Series,
    chart,
    empty_chart,
    expire_history,
    readings,
    summaries,
)
from kuangan.monitor.history.rows import Readings
from kuangan.monitor.history.writer import HistoryWriter

__all__ = [
    "Chart",
    "DamagedFile",
    "DaySummary",
    "HistoryError",
    "HistoryWriter",
    "Part",
    "PartName",
    "Readings",
    "Series",
    "chart",
    "compact",
    "days",
    "empty_chart",
    "expire_history",
    "readings",
    "summaries",
]  # fmt: skip
