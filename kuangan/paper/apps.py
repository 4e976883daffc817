"""Django's entry for the package `paper`."""

from django.apps import AppConfig


class PaperConfig(AppConfig):
    """The package `kuangan.paper`; its tables carry the label `paper`."""

    name = "kuangan.paper"
    label = "paper"
    default_auto_field = "django.db.models.BigAutoField"
