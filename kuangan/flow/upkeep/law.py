"""The data folder keeps the law update that holds, for the next start; where processes cannot work by it, that is said."""

from datetime import datetime
from typing import Final

from django.conf import settings

from kuangan.core.actions.incidents import end_incident, raise_incident
from kuangan.core.queries.upkeep.law_updates import update_in_force
from kuangan.law.update.bundle import BadBundle
from kuangan.law.update.in_force import kept_bundle, put_in_force

INCIDENT: Final = "law_update"
KEY: Final = "in_force"
EVERY_ROUNDS: Final = 300
"""The update that was signed is put there at once; this is for a restored or copied database, and may wait some minutes."""
_rounds = 0


def keep_update(at: datetime) -> int:
    """Whether the copy was another than it must be."""
    global _rounds  # noqa: PLW0603  # the sweep's own count
    _rounds += 1
    return look_after_update(at) if _rounds % EVERY_ROUNDS == 1 else 0


def look_after_update(at: datetime) -> int:
    held, root = update_in_force(), settings.DATA.root
    changed = put_in_force(root, held.text if held else "")
    try:
        kept_bundle(root)
    except BadBundle as error:
        text = f"{error}平台按本版本自带的法规库运行；处理后重新启动平台。"
        raise_incident(kind=INCIDENT, key=KEY, text=text, at=at)
    else:
        end_incident(kind=INCIDENT, key=KEY, at=at)
    return int(changed)
