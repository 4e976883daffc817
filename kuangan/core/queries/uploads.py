"""Files that wait for a form to be accepted: their sender's alone."""

from django.db.models import QuerySet

from kuangan.core.models import FormUpload, User


def uploads_waiting(user: User, mark: str, field: str) -> QuerySet[FormUpload]:
    """The user's own files that came with one form in one field, in the order they came."""
    return FormUpload.objects.filter(user=user, mark=mark, field=field).order_by("pk")
