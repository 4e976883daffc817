"""Messages that pages show: they are there as soon as the row is."""

from kuangan.core.models import Delivery
from kuangan.core.notify.outcome import Failed, Sent


class ScreenAdapter:
    """Nothing to carry; the page reads the notice."""

    def send(self, delivery: Delivery) -> Sent | Failed:
        """Always out."""
        return Sent()
