"""The Django application of samples."""

from django.apps import AppConfig


class SampleConfig(AppConfig):
    """Monthly samples of what was reported as done."""

    name = "kuangan.sample"
    label = "sample"
    default_auto_field = "django.db.models.BigAutoField"
