"""Messages into a file, one JSON object a line: for development, the demonstration and a practice city."""

import json
from pathlib import Path

from django.conf import settings

from kuangan.base import clock
from kuangan.core.models import Delivery
from kuangan.core.notify.outcome import Failed, Sent


class FileAdapter:
    """Appends to one file below the data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, delivery: Delivery) -> Sent | Failed:
        """Append the message; a full disk or missing right is a failure that is tried again."""
        line = {
            "id": delivery.pk,
            "at": clock.now().isoformat(),
            "channel": delivery.channel,
            "to": delivery.address,
            "receiver": delivery.receiver,
            "text": f"【演练】{delivery.text}" if settings.PRACTICE else delivery.text,
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as out:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            return Failed(f"不能写入消息文件{self.path.name}：{error.strerror}")
        return Sent(reference=f"file:{delivery.pk}")
