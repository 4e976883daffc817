"""The Django application of the duties."""

from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "kuangan.duty"
    label = "duty"
    default_auto_field = "django.db.models.BigAutoField"
