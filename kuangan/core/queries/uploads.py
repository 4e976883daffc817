"""Files that wait for a form to be accepted: their sender's alone."""

from collections.abc import Sequence

from django.db.models import QuerySet

from kuangan.core.models import Attachment, FormUpload, User


def uploads_waiting(user: User, mark: str, field: str) -> QuerySet[FormUpload]:
    """The user's own files that came with one form in one field, in the order they came."""
    return FormUpload.objects.filter(user=user, mark=mark, field=field).order_by("pk")


def own_attachment(user: User, keys: Sequence[int]) -> Attachment | None:
    """The first of these attachments that the user uploaded; None where there is none."""
    return Attachment.objects.filter(pk__in=keys, uploaded_by=user).order_by("pk").first()
