"""Django's entry for the package `web`."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The package `kuangan.web`; its tables carry the label `web`."""

    name = "kuangan.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
