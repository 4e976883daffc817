"""One unit at a time: whoever changes cases about it takes this lock first, before any other row of theirs."""

from kuangan.core.models import Unit


def lock_unit(unit_id: int) -> None:
    """Wait until nobody else changes cases about the unit (a mine has the key of its unit); held to the end of the transaction."""
    Unit.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=unit_id)
