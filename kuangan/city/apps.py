"""The Django application of a city's beginning."""

from django.apps import AppConfig


class CityConfig(AppConfig):
    name = "kuangan.city"
    label = "city"
    default_auto_field = "django.db.models.BigAutoField"
