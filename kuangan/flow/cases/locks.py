"""One mine at a time: whoever changes its cases takes this lock first, before any other row of it."""

from kuangan.mine.models import Mine


def lock_mine(mine_id: int) -> None:
    """Wait until nobody else changes cases of the mine; held to the end of the transaction."""
    Mine.objects.select_for_update(of=("self",)).only("pk").get(pk=mine_id)
