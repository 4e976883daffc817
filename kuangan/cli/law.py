"""`kuangan law`: updates of law and calendar without a new version: packed and signed by the publisher, offered to a city."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from kuangan.base import clock
from kuangan.base.files import make_file_once
from kuangan.cli.local import named_user
from kuangan.cli.parser import Arguments, Parser
from kuangan.host.data_folder import data_folder
from kuangan.law.lawcheck.effect import changelog
from kuangan.law.update.bundle import MOST_BYTES, BadBundle, LawBundle, made_bundle, read_bundle, require_content
from kuangan.law.update.in_force import fingerprint, public_pem, publisher_key, read_public_key, trust
from kuangan.law.update.merged import require_base
from kuangan.law.update.package import PACKAGE, digest_of, is_module
from kuangan.law.update.trial import LawTrial, tried

if TYPE_CHECKING:
    from kuangan.core.models import LawUpdate, User


def add_arguments(parser: Parser) -> None:
    """For the publisher ``key`` and ``pack``; for a city ``trust``, ``offer``, ``undo`` and ``status``."""
    parts = parser.add_subparsers(dest="part", required=True, metavar="命令", parser_class=Parser)
    key = parts.add_parser("key", help="发布单位：生成签名密钥（私钥文件和同名 .pub 公钥文件）")
    key.add_argument("file", type=Path, help="私钥文件，须尚不存在")
    pack = parts.add_parser("pack", help="发布单位：把改动的法规库文件制成签名的更新包")
    pack.add_argument("folder", type=Path, help="改动后的法规库文件夹，或者只含改动的文件，路径同法规库")
    pack.add_argument("--number", type=int, required=True, help="编号，须大于此前各次")
    pack.add_argument("--title", required=True, help="名称，如 2027年度放假安排")
    pack.add_argument("--key", type=Path, required=True, help="私钥文件")
    pack.add_argument("--out", type=Path, required=True, help="更新包，须尚不存在")
    trusted = parts.add_parser("trust", help="设定发布单位的公钥；指纹须与发布单位当面或者电话核对")
    trusted.add_argument("file", type=Path, help="公钥文件")
    offer = parts.add_parser("offer", help="核验更新包，列出法规效力的变化，提请两人先后签署")
    offer.add_argument("file", type=Path, help="更新包")
    offer.add_argument("--dry-run", action="store_true", help="只核验和列出变化，不提请签署")
    undo = parts.add_parser("undo", help="提请撤回现行更新，恢复此前的法规库")
    for part in (offer, undo):
        part.add_argument("--head", default="", help="市局负责人的用户名")
        part.add_argument("--second", default="", help="复核签署人的用户名")
    parts.add_parser("status", help="现行更新、发布单位的公钥指纹")


def run(args: Arguments) -> int:
    """Exit status 0: done; 1: refused with the reason."""
    try:
        if args.part == "key":
            return _key(args.file)
        if args.part == "pack":
            return _pack(args)
        from kuangan.cli.django_setup import database, prepare

        prepare("law")
        with database():
            return {"trust": _trust, "offer": _offer, "undo": _undo, "status": _status}[args.part](args)
    except (BadBundle, OSError) as refused:
        said = f"{refused.filename}：{refused.strerror}" if isinstance(refused, OSError) else refused
        print(f"未完成：{said}", file=sys.stderr)
        return 1


def _key(file: Path) -> int:
    key = Ed25519PrivateKey.generate()
    made = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if make_file_once(file, made) != made:
        raise BadBundle(f"{file} 已存在，未改动；请另取文件名。")
    public = file.with_name(f"{file.name}.pub")
    public.write_bytes(public_pem(key.public_key()))
    print(f"私钥 {file}（请离线保管），公钥 {public}，指纹 {fingerprint(key.public_key())}")
    return 0


def _pack(args: Arguments) -> int:
    key = load_pem_private_key(args.key.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise BadBundle(f"{args.key} 不是 kuangan law key 生成的私钥。")
    raw = made_bundle(
        number=args.number,
        title=args.title,
        made_on=clock.civil_date(clock.now()),
        base=digest_of(PACKAGE),
        files=_changed(args.folder),
        key=key,
    )
    bundle = read_bundle(raw, key.public_key())
    _sound(tried(bundle))
    if make_file_once(args.out, raw) != raw:
        raise BadBundle(f"{args.out} 已存在，未改动；请另取文件名。")
    print(
        f"已制成 {args.out}：第 {bundle.number} 号《{bundle.title}》，文件 {len(bundle.files)} 个，公钥指纹 {fingerprint(key.public_key())}"
    )
    return 0


def _changed(folder: Path) -> dict[str, str]:
    """The content files in a folder that the version does not have so. Refused for a module that differs."""
    files: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        known = PACKAGE / name
        if known.is_file() and known.read_bytes() == path.read_bytes():
            continue
        text = "" if is_module(path) else path.read_text(encoding="utf-8")
        require_content(name, text)
        files[name] = text
    if not files:
        raise BadBundle(f"{folder} 中没有与本版本法规库不同的文件，无需更新。")
    return files


def _sound(trial: LawTrial) -> None:
    if trial.problems:
        told = "\n".join(f"问题 {problem}" for problem in trial.problems)
        raise BadBundle(f"加入更新后法规库检查未通过，不予采用：\n{told}")


def _trust(args: Arguments) -> int:
    from django.db import transaction

    from kuangan.core.actions import record

    key = read_public_key(args.file.read_bytes())
    with transaction.atomic():
        record(actor=None, action="law_publisher_set", subject=("law_publisher", "1"), data={"key": fingerprint(key)})
        trust(data_folder().root, key)
    print(f"已设定发布单位的公钥，指纹 {fingerprint(key)}；请与发布单位当面或者电话核对。")
    return 0


def _offer(args: Arguments) -> int:
    from kuangan.core.actions.law_updates import offer_update

    key = publisher_key(data_folder().root)
    if args.file.stat().st_size > MOST_BYTES:
        raise BadBundle(f"{args.file} 过大，不是法规更新包。")
    bundle = read_bundle(args.file.read_bytes(), key)
    require_base(bundle)
    print(f"第 {bundle.number} 号《{bundle.title}》，{bundle.made_on} 制作，签名有效（公钥指纹 {fingerprint(key)}）")
    trial = _tried(bundle)
    if args.dry_run:
        print("仅为预览，未提请签署。")
        return 0
    return _laid(
        args,
        lambda head, second: offer_update(
            head=head, second=second, bundle=bundle, publisher=fingerprint(key), effect=_effect(trial)
        ),
    )


def _undo(args: Arguments) -> int:
    from kuangan.core.actions.law_updates import offer_taking_back
    from kuangan.core.models import LawUpdate
    from kuangan.core.queries.upkeep.law_updates import update_in_force

    held = update_in_force()
    before = LawUpdate.objects.filter(confirmed_at__isnull=False, ended_at=None, undoes=None)
    earlier = before.exclude(pk=held.pk).order_by("-number").first() if held else None
    trial = _tried(read_bundle(earlier.text.encode(), publisher_key(data_folder().root)) if earlier else None)
    return _laid(args, lambda head, second: offer_taking_back(head=head, second=second, effect=_effect(trial)))


def _status(_: Arguments) -> int:
    from kuangan.core.queries.upkeep.law_updates import update_in_force

    held = update_in_force()
    words = "本版本自带的法规库"
    if held is not None and held.confirmed_at is not None:
        words = f"{held}《{held.title}》，{clock.civil(held.confirmed_at):%Y-%m-%d %H:%M} 签署"
    print(f"现行：{words}")
    print(f"发布单位公钥指纹：{fingerprint(publisher_key(data_folder().root))}")
    return 0


def _tried(bundle: LawBundle | None) -> LawTrial:
    """Checked, and what it changes printed. Raises :class:`BadBundle` where lawcheck objects."""
    from kuangan.core.queries.local_answers import answers_in_force

    trial = tried(bundle, [(answer.name, answer.text) for answer in answers_in_force()])
    _sound(trial)
    print(f"加入更新后法规库检查通过。法规效力的变化：\n{changelog(list(trial.changes))}")
    for told in trial.answers:
        print(f"注意：本市答复与更新不相容，采用后请撤回或者修改：{told}")
    return trial


def _effect(trial: LawTrial) -> Mapping[str, Any]:
    return {"changes": [asdict(change) for change in trial.changes], "answers": list(trial.answers)}


def _laid(args: Arguments, lay: "Callable[[User, User], LawUpdate]") -> int:
    from kuangan.core.errors import Refused

    try:
        update = lay(named_user(args.head, "--head"), named_user(args.second, "--second"))
    except Refused as refused:
        raise BadBundle(str(refused)) from None
    print(
        f"已提请{update.head.display_name}决定，再由{update.second.display_name}复核签署；签署后平台重新启动时采用。此前一切照旧。"
    )
    return 0
