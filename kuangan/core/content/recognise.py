"""Which of the accepted kinds a file is, by structure."""

from collections.abc import Callable
from pathlib import PurePath
from typing import BinaryIO

from kuangan.core.content import documents, images, media
from kuangan.core.errors import Refused

Check = Callable[[BinaryIO], bool]

_CHECKS: dict[str, tuple[str, Check]] = {
    "jpg": ("image/jpeg", images.is_jpeg),
    "jpeg": ("image/jpeg", images.is_jpeg),
    "png": ("image/png", images.is_png),
    "pdf": ("application/pdf", documents.is_pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", documents.is_docx),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", documents.is_xlsx),
    "txt": ("text/plain", documents.is_text),
    "csv": ("text/csv", documents.is_text),
    "mp4": ("video/mp4", media.is_mp4),
    "webm": ("video/webm", media.is_webm),
    "wav": ("audio/wav", media.is_wav),
    "mp3": ("audio/mpeg", media.is_mp3),
}

MEDIA_TYPES = {ending: media_type for ending, (media_type, _) in _CHECKS.items()}


def recognise(name: str, content: BinaryIO) -> str:
    """The media type of a seekable file, when its structure is what its name says. Refused otherwise, with the reason."""
    ending = PurePath(name).suffix.lstrip(".").lower()
    if ending not in _CHECKS:
        raise Refused(f"不接受“{name}”这类文件；可上传：{'、'.join(_CHECKS)}。")
    media_type, check = _CHECKS[ending]
    content.seek(0)
    if not check(content):
        raise Refused(f"“{name}”的内容不是有效的{ending}文件，或文件已损坏；请用原软件重新保存后再上传。")
    return media_type
