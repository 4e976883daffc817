"""`kuangan replay`: a real series goes the way of a mine's own files, into the database or, dry, in memory only."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from kuangan.base import clock
from kuangan.flow.replay import dry
from kuangan.flow.replay.series import PointColumn, ReplayError, SentFile, columns, files, moment, readings
from kuangan.law.time.dated import NotInForce

Report = dict[str, list[dict[str, Any]]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="监测数据文件（UTF-8 的 CSV，首行为列名）")
    parser.add_argument("--mine", required=True, metavar="CODE", help="煤矿编码（12位）")
    parser.add_argument(
        "--map",
        required=True,
        nargs="+",
        action="extend",
        metavar="COLUMN=PLACE",
        help="哪一列是哪类地点的甲烷（%%CH₄）",
    )
    parser.add_argument("--start", required=True, metavar="TIME", help="首行的时间，不带时区即北京时间")
    parser.add_argument(
        "--step", type=_positive, metavar="SECONDS", help="行间隔秒数；不给时用 t_s 列（距首行秒数），没有该列则为30"
    )
    parser.add_argument("--dry-run", action="store_true", help="只作演算，不入库、不需要数据库，煤矿编码可任意")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(args: argparse.Namespace) -> int:
    """Replay and report; 2 = the file or the arguments do not fit."""
    try:
        start = moment(args.start)
        wanted = columns(args.map, args.mine, clock.civil_date(start))
        sent = files(args.mine, wanted, readings(args.file, wanted, start, args.step))
        report = _dry(args.mine, wanted, sent, start) if args.dry_run else _stored(args.mine, wanted, sent, start)
    except (ReplayError, NotInForce) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(json.dumps(report, ensure_ascii=False, indent=1) if args.json else _text(report))
    return 0


def _dry(mine: str, wanted: Sequence[PointColumn], sent: Iterator[SentFile], start: datetime) -> Report:
    episodes = dry.episodes(mine, wanted, sent, start)
    made = dry.cases(episodes)
    return {
        "episodes": [
            _episode(
                episode.column.name,
                episode.column.place,
                episode.started_at,
                episode.ended_at,
                episode.peak,
                episode.readings,
            )
            for episode in episodes
        ],
        "cases": [
            {
                "number": number,
                "start": _iso(case.started_at),
                "end": _iso(case.ended_at),
                "peak": _plain(case.highest.peak),
                "points": sorted({episode.column.name for episode in case.episodes}),
                "episodes": len(case.episodes),
            }
            for number, case in enumerate(made, start=1)
        ],
        "findings": [
            {"rule": finding.rule, "reason": finding.reason, "cases": list(finding.cases)}
            for finding in dry.findings(mine, made, clock.now())
        ],
    }


def _stored(mine: str, wanted: Sequence[PointColumn], sent: Iterator[SentFile], start: datetime) -> Report:
    from kuangan.flow.replay import store  # needs Django, which a dry run does without

    stored = store.replay(mine, wanted, sent, start)
    names = {column.code: column for column in wanted}
    by_case = {case.pk: case for case in stored.cases}
    return {
        "episodes": [
            _episode(
                names[episode.point.native_code].name, names[episode.point.native_code].place, episode.started_at, episode.ended_at,
                episode.peak, episode.readings,
            )
            for episode in stored.episodes
        ],
        "cases": [
            {"number": case.number, "title": case.title, "state": case.state, "level": case.level, "peak": case.facts["peak"]}
            for case in stored.cases
        ],
        "findings": [
            {
                "rule": finding.rule,
                "reason": finding.reason,
                "cases": [by_case[int(key)].number for key in finding.used if int(key) in by_case],
            }
            for finding in stored.findings
        ],
    }  # fmt: skip


def _episode(
    point: str, place: str, start: datetime, end: datetime | None, peak: Decimal, count: int
) -> dict[str, Any]:
    return {
        "point": point, "place": place, "start": _iso(start), "end": _iso(end), "peak": _plain(peak), "readings": count,
    }  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return clock.civil(at).isoformat() if at else None


def _plain(value: Decimal) -> float:
    return float(value)


def _text(report: Report) -> str:
    lines = [
        f"超限过程 {len(report['episodes'])} 个，处置案件 {len(report['cases'])} 件，规则认定 {len(report['findings'])} 项"
    ]
    lines += [
        f"  {episode['point']}　{episode['start']} 至 {episode['end'] or '未结束'}　最高 {episode['peak']}%　{episode['readings']} 个读数"
        for episode in report["episodes"]
    ]
    newest = {finding["rule"]: finding["reason"] for finding in report["findings"]}
    lines += [f"  {rule}：{reason}" for rule, reason in newest.items()]
    return "\n".join(lines)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"“{text}”不是正整数秒数")
    return int(text)
