"""演练系统: a practice city beside the real one, in a data folder and a database of its own, that reaches nobody outside."""

import os
from pathlib import Path
from typing import Final

from kuangan.host.data_folder import PRACTICE, DataFolder, data_folder
from kuangan.host.errors import CannotStart

PORT: Final = 8100
INGEST_PORT: Final = 8101
OF_THE_REAL: Final = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "KUANGAN_SECRET_KEY", "KUANGAN_PRACTICE_URL"),
    *("KUANGAN_BACKUP_DIR", "KUANGAN_STANDBY_DIR"),
    *("KUANGAN_GATEWAY_URL", "KUANGAN_GATEWAY_TOKEN"),
    *("KUANGAN_OIDC_ISSUER", "KUANGAN_OIDC_CLIENT_ID", "KUANGAN_OIDC_CLIENT_SECRET"),
)
"""What of the environment belongs to the real city: database, backups, keys, gateway and sign-in."""


def enter_practice() -> DataFolder:
    """Turn to the folder beside the real one, marked as practice, and away from everything that is the real city's.

    Raises CannotStart where something that is no practice lies in that place.
    """
    real = data_folder()
    folder = real if real.is_practice else DataFolder(Path(f"{real.root}-practice"))
    if not folder.is_practice and folder.root.exists() and any(folder.root.iterdir()):
        raise CannotStart(f"{folder.root} 中的不是演练系统的数据；演练系统用这个文件夹，请先移走其中的内容")
    folder.make()
    (folder.root / PRACTICE).touch(mode=0o600)
    for name in OF_THE_REAL:
        os.environ.pop(name, None)
    os.environ["KUANGAN_DATA"] = str(folder.root)
    return folder
