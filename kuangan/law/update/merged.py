"""The content of this version with an update over it, as a folder of its own that processes read."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from kuangan.law.update.bundle import BadBundle, LawBundle
from kuangan.law.update.package import PACKAGE, contents, digest_of, is_module


def require_base(bundle: LawBundle) -> None:
    """Raise :class:`BadBundle` where an update is made for the corpus of another version."""
    if bundle.base != digest_of(PACKAGE):
        raise BadBundle(
            f"第 {bundle.number} 号法规更新是为另一版本的法规库（{bundle.base[:12]}）制作的，"
            f"本版本为 {digest_of(PACKAGE)[:12]}；请向发布单位索取适用本版本的更新包。"
        )


def lay_out(bundle: LawBundle, place: Path) -> Path:
    """The folder of the content with the update over it, below ``place``; made anew unless it is there as it must be."""
    folder = place / bundle.digest[:16] / "corpus"
    wanted = _wanted(bundle)
    if not _is(folder, wanted):
        draft = folder.with_name("draft")
        for left in (draft, folder):
            shutil.rmtree(left, ignore_errors=True)
        for name, content in wanted.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(content)
        draft.rename(folder)
    return folder


def _wanted(bundle: LawBundle) -> Mapping[str, bytes]:
    package = {name: path.read_bytes() for name, path in contents(PACKAGE).items() if not is_module(path)}
    return {**package, **{name: text.encode() for name, text in bundle.files.items()}}


def _is(folder: Path, wanted: Mapping[str, bytes]) -> bool:
    there = contents(folder)
    return there.keys() == wanted.keys() and all(path.read_bytes() == wanted[name] for name, path in there.items())
