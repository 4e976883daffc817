"""Django's entry for the package `office`."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """The package `kuangan.office`; its tables carry the label `office`."""

    name = "kuangan.office"
    label = "office"
    default_auto_field = "django.db.models.BigAutoField"
