"""Django's entry for the package `flow`."""

from django.apps import AppConfig


class FlowConfig(AppConfig):
    """The package `kuangan.flow`; its tables carry the label `flow`."""

    name = "kuangan.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"
