"""Django's entry for the package `mine`."""

from django.apps import AppConfig


class MineConfig(AppConfig):
    """The package `kuangan.mine`; its tables carry the label `mine`."""

    name = "kuangan.mine"
    label = "mine"
    default_auto_field = "django.db.models.BigAutoField"
