import shutil
import subprocess

from kuangan.host.database.accounts import Account
from kuangan.host.database.binaries import LIBRARIES, PACKAGE, SERVER, shipped_binaries, usable_binaries

STRANGER = Account(uid=54321, gid=54321, name="stranger")


def wheel_behind(closed):
    """The wheel's own files in a folder that a stranger can't enter."""
    shipped = shipped_binaries()
    binaries = closed / "site" / PACKAGE / SERVER / "bin"
    shutil.copytree(shipped.parent, binaries.parent, symlinks=True)
    shutil.copytree(shipped.parents[2] / LIBRARIES, closed / "site" / LIBRARIES)
    closed.chmod(0o700)
    return binaries


def test_the_wheel_ships_a_server():
    told = subprocess.run([shipped_binaries() / "postgres", "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("postgres (PostgreSQL) 18.")


def test_reachable_binaries_are_used_where_they_are(folder):
    binaries = wheel_behind(folder.root)
    folder.root.chmod(0o711)
    assert usable_binaries(STRANGER, binaries, folder.root / "store") == binaries
    assert not (folder.root / "store").exists()


def test_binaries_behind_a_closed_folder_are_copied_once(folder):
    binaries = wheel_behind(folder.root)
    store = folder.root.parent / "store"
    copied = usable_binaries(STRANGER, binaries, store)
    assert copied.is_relative_to(store)
    shutil.rmtree(folder.root / "site")
    for program in ("postgres", "initdb"):
        told = subprocess.run([copied / program, "--version"], capture_output=True, text=True, check=True)
        assert "(PostgreSQL) 18." in told.stdout
    assert (copied.parent / "share").is_dir()
    made = copied.stat().st_mtime_ns
    assert usable_binaries(STRANGER, binaries, store) == copied
    assert copied.stat().st_mtime_ns == made
    assert list(store.iterdir()) == [copied.parents[2]]
