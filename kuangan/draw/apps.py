"""The Django application of random draws."""

from django.apps import AppConfig


class DrawConfig(AppConfig):
    """Random draws of mines and officers."""

    name = "kuangan.draw"
    label = "draw"
    default_auto_field = "django.db.models.BigAutoField"
