import subprocess

from kuangan.host.binaries import shipped_binaries, usable_binaries
from kuangan.host.placement import Account

STRANGER = Account(uid=54321, gid=54321, name="stranger")


def wheel_behind(closed):
    """A small `bin` and `share` like the wheel's, in a folder that a stranger can't enter."""
    binaries = closed / "wheel" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "postgres").write_text("#!/bin/sh\necho started\n")
    (binaries / "postgres").chmod(0o755)
    (closed / "wheel" / "share").mkdir()
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
    assert subprocess.run([copied / "postgres"], capture_output=True, text=True, check=True).stdout == "started\n"
    assert (copied.parent / "share").is_dir()
    made = copied.stat().st_mtime_ns
    assert usable_binaries(STRANGER, binaries, store) == copied
    assert copied.stat().st_mtime_ns == made
    assert [place.name for place in store.iterdir()] == [copied.parent.name]
