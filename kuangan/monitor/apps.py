"""Django's entry for the package `monitor`."""

from django.apps import AppConfig


class MonitorConfig(AppConfig):
    """The package `kuangan.monitor`; its tables carry the label `monitor`."""

    name = "kuangan.monitor"
    label = "monitor"
    default_auto_field = "django.db.models.BigAutoField"
