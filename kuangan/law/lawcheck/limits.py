"""Limits: editions replace each other on the day their instruments do, and each place has one Chinese name a day."""

from collections import Counter
from collections.abc import Iterator

from kuangan.law import limit
from kuangan.law.lawcheck.problem import Problem


def check() -> Iterator[Problem]:
    """Problems of limits beyond what reading them refuses (order, units, side, operator)."""
    for quantity in limit.quantities().values():
        for edition in quantity.editions:
            texts = Counter(point.place_text for point in edition.points.values())
            for text, count in texts.items():
                if count > 1:
                    yield Problem("limit", f"limits/{quantity.id}", f"{edition.valid_from} 一版中“{text}”出现{count}次")
            for point in edition.points.values():
                if point.confidence in ("K", "U", "P") and not point.assumed:
                    yield Problem(
                        "limit", f"limits/{quantity.id}/{point.place}", "未见文本的数值须写明待核问题（assumed）"
                    )
