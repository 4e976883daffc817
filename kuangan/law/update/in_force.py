"""The update in force of an installation: a copy of the signed bundle in its data folder, verified at each start.

Nothing of the corpus may be imported here: what a process works by is decided before.
"""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from kuangan.base.digest import digest_bytes
from kuangan.base.files import replace_file
from kuangan.law.update.bundle import BadBundle, LawBundle, read_bundle
from kuangan.law.update.merged import lay_out, require_base
from kuangan.law.update.package import NAMED_BY

FOLDER: Final = "law"
PUBLISHER: Final = "publisher.pem"
BUNDLE: Final = "in_force.lawpack"


def publisher_key(root: Path) -> Ed25519PublicKey:
    """The publisher's public key of the installation. Raises :class:`BadBundle` where none is set."""
    place = root / FOLDER / PUBLISHER
    try:
        return read_public_key(place.read_bytes())
    except FileNotFoundError:
        raise BadBundle("尚未设定发布单位的公钥；请先执行 kuangan law trust 公钥文件，并与发布单位核对指纹。") from None


def read_public_key(content: bytes) -> Ed25519PublicKey:
    """An Ed25519 key in PEM. Raises :class:`BadBundle`."""
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise BadBundle("不是 Ed25519 公钥（PEM）文件；请向发布单位索取。")
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """What is read out over the telephone: 32 hexadecimal digits in groups of four."""
    digits = digest_bytes(key.public_bytes(Encoding.Raw, PublicFormat.Raw))[:32]
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def trust(root: Path, key: Ed25519PublicKey) -> None:
    """Set whose updates this installation takes."""
    (root / FOLDER).mkdir(mode=0o700, exist_ok=True)
    replace_file(root / FOLDER / PUBLISHER, public_pem(key))


def put_in_force(root: Path, raw: str) -> bool:
    """Keep the bundle that holds, or none (``""``), for the next start. False: it was so already."""
    place = root / FOLDER / BUNDLE
    if (place.read_bytes().decode(errors="replace") if place.exists() else "") == raw:
        return False
    if raw:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        replace_file(place, raw.encode())
    else:
        place.unlink(missing_ok=True)
    return True


def kept_bundle(root: Path) -> LawBundle | None:
    """The bundle kept for the next start. Raises :class:`BadBundle` where it cannot be worked by."""
    place = root / FOLDER / BUNDLE
    if not place.exists():
        return None
    bundle = read_bundle(place.read_bytes(), publisher_key(root))
    require_base(bundle)
    return bundle


def take_up(root: Path) -> str:
    """Let this process and its children work by the update in force. What keeps it from that, in words; then it works by the version's own."""
    if os.environ.get(NAMED_BY) or not (root / FOLDER / BUNDLE).exists():
        return ""
    try:
        bundle = kept_bundle(root)
        assert bundle is not None
        os.environ[NAMED_BY] = str(lay_out(bundle, root / "run" / FOLDER))
    except (BadBundle, OSError) as error:
        return f"法规更新未能采用，现按本版本自带的法规库运行：{error}"
    return ""


def digest_in_use(root: Path) -> str:
    """The digest of the bundle by which this process works, shortened as its folder is named; "" where by none."""
    named = os.environ.get(NAMED_BY, "")
    return Path(named).parent.name if named and Path(named).is_relative_to(root) else ""
