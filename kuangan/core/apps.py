"""Django's entry for the package `core`."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The package `kuangan.core`; its tables carry the label `core`."""

    name = "kuangan.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kuangan.base.turns import BEFORE_WAITING
        from kuangan.core import connections, timestamps

        timestamps.install()
        BEFORE_WAITING.append(connections.lend)
