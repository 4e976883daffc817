"""The Django application of the ledgers."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "kuangan.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
