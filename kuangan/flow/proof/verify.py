"""`kuangan verify`: proves that the trail and what rests on it are whole, or names the first row that is not."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from kuangan.base import clock
from kuangan.base.clock import civil
from kuangan.core.actions.seals import handed_out
from kuangan.core.models import EventHead
from kuangan.core.trail.sealing import Anchor, AnchorUnreadable, given_up_by, misfit, read_anchors, restorations
from kuangan.core.trail.verify import Break, verify_trail
from kuangan.flow.proof.rows import compare_rows


@dataclass(frozen=True)
class WholeProof:
    """What was checked, and the first thing that does not fit; None = everything fits.

    ``breaks``: what a restore gave up, each in Chinese; ``given_up``: days whose seals lie in such a span.
    """

    events: int
    chains: int
    days: int
    rows: int
    anchors: int
    broken: Break | None
    breaks: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()


def prove(anchors: Iterable[Anchor] = ()) -> WholeProof:
    """The chains and seals, then the seals that left the platform (its own files and those given), then the business rows."""
    trail = verify_trail(moments=not (settings.DEMONSTRATION or clock.is_moved()))
    given, breaks = list(anchors), restorations()
    broken = trail.broken or _first_broken_file() or _first_broken_anchor(given)
    compared = 0
    if broken is None:
        comparison = compare_rows()
        compared, broken = comparison.rows, comparison.broken
    seals = _seals()
    given_up = tuple(anchor.day for anchor in given if given_up_by(anchor, seals.get(anchor.day), breaks))
    spans = tuple(f"{civil(span.taken_at):%Y-%m-%d %H:%M}至{civil(span.at):%Y-%m-%d %H:%M}" for span in breaks)
    return WholeProof(trail.events, trail.chains, trail.days, compared, len(given), broken, spans, given_up)


def _seals() -> dict[str, EventHead]:
    return {seal.day.isoformat(): seal for seal in EventHead.objects.all()}


def _first_broken_file() -> Break | None:
    """The first of the platform's own anchor files that the database does not fit: who has only the database can't change both."""
    try:
        return _first_broken_anchor(handed_out())
    except AnchorUnreadable as unreadable:
        return Break("core.eventhead", "", 0, str(unreadable))


def _first_broken_anchor(anchors: list[Anchor]) -> Break | None:
    seals, breaks = _seals(), restorations()
    for anchor in anchors:
        seal = seals.get(anchor.day)
        reason = misfit(anchor, seal, breaks)
        if reason and not given_up_by(anchor, seal, breaks):
            return Break("core.eventhead", anchor.day, 0, reason)
    return None


def in_words(proof: WholeProof) -> str:
    """The result as one Chinese sentence."""
    if proof.broken is None:
        anchors = f"、{proof.anchors}个交出的封存" if proof.anchors else ""
        return (
            f"操作记录完整：{proof.events}条记录、{proof.chains}条链、{proof.days}个封存日{anchors}、"
            f"{proof.rows}行业务数据，均核对一致。{_breaks_in_words(proof)}"
        )
    broken = proof.broken
    place = f"第{broken.seq}条：" if broken.seq else ""
    return f"操作记录已损坏：{broken.kind}/{broken.id} {place}{broken.reason}。请保留现场并从备份核对。"


def _breaks_in_words(proof: WholeProof) -> str:
    if not proof.breaks:
        return ""
    given_up = f"；{'、'.join(proof.given_up)}的封存属于其间，已随恢复失效" if proof.given_up else ""
    return f"平台曾从备份恢复，签名的恢复记录为证，以下时段的记录不在其中：{'、'.join(proof.breaks)}{given_up}。"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")
    parser.add_argument(
        "--anchor", type=Path, action="append", default=[], help="交出保存的锚定文件，与数据库中的封存核对；可重复"
    )


def run(args: Namespace) -> int:
    """Print the proof; 0 = whole, 1 = broken, 2 = an anchor file that cannot be read."""
    try:
        anchors = [anchor for path in args.anchor for anchor in read_anchors(path.read_text("utf-8").splitlines())]
    except (OSError, UnicodeDecodeError, AnchorUnreadable) as unreadable:
        print(f"锚定文件无法读取：{unreadable}")
        return 2
    proof = prove(anchors)
    print(json.dumps(asdict(proof), ensure_ascii=False) if args.json else in_words(proof))
    return 1 if proof.broken else 0
