"""Patterns and faces name only known places, and every example text gets the place it must."""

from collections.abc import Iterator

from kuangan.law import limit
from kuangan.law.lawcheck.problem import Problem
from kuangan.law.place import places_file, propose_place


def check() -> Iterator[Problem]:
    """Problems of the place patterns."""
    read = places_file()
    for pattern in read.patterns:
        if pattern.place not in limit.all_places(pattern.quantity):
            yield Problem("place", f"limits/places/{pattern.when.pattern}", f"没有地点 {pattern.place!r}")
    for at_face in (place for places in read.faces.values() for place in places):
        if not any(at_face in limit.all_places(quantity) for quantity in limit.quantities()):
            yield Problem("place", "limits/places/faces", f"没有地点 {at_face!r}")
    exampled = {example.place for example in read.examples}
    for pattern in read.patterns:
        if pattern.place not in exampled:
            yield Problem("place", f"limits/places/{pattern.place}", "没有样例")
    for example in read.examples:
        proposal = propose_place(example.text, example.sensor, example.gas_grade, example.rock_burst)
        place = proposal.place if proposal else None
        if place != example.place:
            yield Problem("place", f"limits/places/{example.text}", f"应为 {example.place}，实为 {place}")
