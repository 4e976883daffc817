"""Local values of the corpus that are lengths of running time."""

from datetime import date, timedelta

from kuangan.law.local import local_span


def duration(key: str, on: date) -> timedelta:
    """The length of the local value `key` on a day. Raises ValueError when it is counted in days or months."""
    span = local_span(key, on)
    if not span.runs:
        raise ValueError(f"local value {key!r} is counted in {span.unit}; write minutes or hours in corpus/local")
    return span.length
