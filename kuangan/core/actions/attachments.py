"""Taking in files."""

import io
from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from kuangan.base import clock
from kuangan.core.actions.audit import record
from kuangan.core.actions.file_room import check_room
from kuangan.core.content import clean_name, recognise
from kuangan.core.errors import Refused
from kuangan.core.models import Attachment, User
from kuangan.core.store import ContentTooLarge, NoRoom, draft_content, keep_content

MEGABYTE = 1024 * 1024


def save_attachment(*, actor: User, name: str, content: bytes | BinaryIO, at: datetime | None = None) -> Attachment:
    """Store a file whose structure is what its name says; its bytes are on disk before its row is committed.

    Refused: no room on the disk, too large, empty, a kind that is not accepted, content that is not of the kind its name says.
    """
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    shown = clean_name(name)
    largest = settings.KUANGAN_ATTACHMENT_MAX_BYTES
    try:
        with draft_content(source, largest=largest) as draft:
            if draft.size == 0:
                raise Refused(f"“{shown}”是空文件，请重新选择。")
            media_type = recognise(shown, draft.file)
            check_room(user=actor, size=draft.size, at=at or clock.now())
            keep_content(draft)
    except ContentTooLarge as error:
        raise Refused(f"“{shown}”超过{largest // MEGABYTE}MB上限，请压缩或分段后上传。") from error
    except NoRoom as error:
        raise Refused(f"平台磁盘空间不足，“{shown}”未能保存；请稍后重试，并告知平台运行单位。") from error
    with transaction.atomic():
        attachment = Attachment.objects.create(
            sha256=draft.sha256,
            name=shown,
            media_type=media_type,
            size=draft.size,
            uploaded_by=actor,
            at=at or clock.now(),
        )
        content_facts = {"sha256": draft.sha256, "media_type": media_type, "size": draft.size}
        record(actor=actor, action="attachment_saved", subject=attachment, data=content_facts, at=attachment.at)
    return attachment
