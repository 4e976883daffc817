"""The legal effect of a change: what two versions of the corpus say differently, one line each."""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kuangan.law.update.package import NAMED_BY

DESCRIBE = """
import json, runpy, sys
try:
    snapshot = runpy.run_path(sys.argv[1])["snapshot"]
    said = snapshot()
except Exception:
    from kuangan.law.lawcheck.snapshot import snapshot
    said = snapshot()
print(json.dumps(said))
"""
"""Tells a version in the words of this one, or in its own where its grammar is too different."""
SNAPSHOT = Path(__file__).with_name("snapshot.py")


class UndescribedError(ValueError):
    """A version of the corpus cannot be found or cannot describe itself."""


@dataclass(frozen=True)
class Change:
    """One difference. ``old`` or ``new`` is empty where the item did not or does not exist."""

    where: str
    old: str
    new: str


def changes(old: str, new: str) -> list[Change]:
    """What the corpus of ``new`` says differently from that of ``old``; each a git revision, a checkout or a stored snapshot.

    Each version is read by its own code. Raises :class:`UndescribedError` if it cannot be.
    """
    return differences(_described(old), _described(new))


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """What two snapshots say differently."""
    keys = sorted(before.keys() | after.keys())
    changed = [Change(key, before.get(key, ""), after.get(key, "")) for key in keys]
    return [change for change in changed if change.old != change.new]


def changelog(changed: list[Change]) -> str:
    """The changes as the "law" part of the changelog lists them."""
    if not changed:
        return "规则效力无变化"
    return "\n".join(_line(change) for change in changed)


def table(changed: list[Change]) -> str:
    """The changes as a table for a closing note: where, old, new."""
    lines = [
        f"| {_cell(change.where)} | {_cell(change.old) or '—'} | {_cell(change.new) or '—'} |" for change in changed
    ]
    return "\n".join(["| 条目 | 原 | 现 |", "| --- | --- | --- |", *lines])


def _cell(text: str) -> str:
    return text.replace("|", "｜").replace("\n", " ")


def _line(change: Change) -> str:
    if not change.old:
        return f"- 新增 {change.where}：{change.new}"
    if not change.new:
        return f"- 删除 {change.where}：原为 {change.old}"
    return f"- 变更 {change.where}：{change.old} → {change.new}"


def _described(version: str) -> dict[str, str]:
    if version.endswith(".json") and Path(version).is_file():
        stored: dict[str, str] = json.loads(Path(version).read_text(encoding="utf-8"))
        return stored
    with _checkout(version) as folder:
        environment = {name: value for name, value in os.environ.items() if name != NAMED_BY}
        ran = subprocess.run(
            [sys.executable, "-c", DESCRIBE, str(SNAPSHOT)],
            cwd=folder,
            env={**environment, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise UndescribedError(f"{version} 的法规库无法读取：{ran.stderr.strip().splitlines()[-1]}")
        described: dict[str, str] = json.loads(ran.stdout)
        return described


@contextmanager
def _checkout(version: str) -> Iterator[Path]:
    if Path(version, "kuangan", "corpus").is_dir():
        yield Path(version).resolve()
        return
    packed = subprocess.run(
        ["git", "archive", "--format=tar", version, "kuangan"],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    if packed.returncode:
        raise UndescribedError(f"{version!r} 既不是含 kuangan/corpus 的目录，也不是 git 修订号")
    with TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)
