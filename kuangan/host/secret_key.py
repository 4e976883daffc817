"""The key that signs sessions and one-time links: `KUANGAN_SECRET_KEY`, else a file made once in the data folder."""

import os
import secrets

from kuangan.host.data_folder import DataFolder

MIN_LENGTH = 50


def secret_key(folder: DataFolder) -> str:
    """The installation's key. Makes `secret.key` (0600) on first use; several processes may ask at once."""
    named = os.environ.get("KUANGAN_SECRET_KEY", "")
    if named:
        if len(named) < MIN_LENGTH:
            msg = f"KUANGAN_SECRET_KEY has {len(named)} characters; give at least {MIN_LENGTH} random ones"
            raise ValueError(msg)
        return named
    place = folder.root / "secret.key"
    if not place.exists():
        folder.make()
        draft = folder.root / f"secret.key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, place)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return place.read_text()
