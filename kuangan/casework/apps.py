"""Django's entry for the package `casework`."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """The package `kuangan.casework`; its tables carry the label `casework`."""

    name = "kuangan.casework"
    label = "casework"
    default_auto_field = "django.db.models.BigAutoField"
