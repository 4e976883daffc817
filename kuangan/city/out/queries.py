"""Exports as a reader may know them: his own."""

from django.db.models import QuerySet

from kuangan.city.models import DataExport
from kuangan.core.models import User


def exports_of(reader: User) -> QuerySet[DataExport]:
    """The reader's own exports, the newest first."""
    return DataExport.objects.filter(by=reader).select_related("unit").order_by("-pk")
