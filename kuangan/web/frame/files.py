"""Sends an attachment's bytes; who may see it is decided by the page that offers it."""

from urllib.parse import quote

from django.http import FileResponse, HttpResponse

from kuangan.core.models import Attachment
from kuangan.core.store import content_path
from kuangan.web.frame.lists import XLSX, file_name

SHOWN = ("image/jpeg", "image/png", "application/pdf")
"""Types a browser may show itself; all others are saved, so that no file of a user runs as a page of ours."""


def open_attachment(attachment: Attachment) -> FileResponse:
    """The file, under its own name."""
    shown = attachment.media_type in SHOWN
    return FileResponse(
        content_path(attachment.sha256).open("rb"),
        as_attachment=not shown,
        filename=attachment.name,
        content_type=attachment.media_type if shown else "application/octet-stream",
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"},
    )


def xlsx(content: bytes, name: str) -> HttpResponse:
    """An Excel file to be saved."""
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name(name))}"},
    )
