"""Sends an attachment's bytes; who may see it is decided by the page that offers it."""

from urllib.parse import quote

from django.http import FileResponse

from kuangan.core.models import Attachment
from kuangan.core.store import content_path

SHOWN = ("image/jpeg", "image/png", "application/pdf")
"""Types a browser may show itself; all others are saved, so that no file of a user runs as a page of ours."""


def open_attachment(attachment: Attachment) -> FileResponse:
    """The file, under its own name."""
    way = "inline" if attachment.media_type in SHOWN else "attachment"
    return FileResponse(
        content_path(attachment.sha256).open("rb"),
        content_type=attachment.media_type if way == "inline" else "application/octet-stream",
        headers={
            "Content-Disposition": f"{way}; filename*=UTF-8''{quote(attachment.name)}",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        },
    )
