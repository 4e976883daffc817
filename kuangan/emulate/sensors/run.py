"""`kuangan emulate`: the demonstration city's mines send what their sensors read, until stopped."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from kuangan.base import clock
from kuangan.city.areas import UnknownCity
from kuangan.emulate.plan.city import city_plan
from kuangan.emulate.plan.plan import CityPlan
from kuangan.emulate.plan.remembered import remembered
from kuangan.emulate.sensors.faults import DEFAULT, chosen
from kuangan.emulate.sensors.feed import CYCLE_S, CityFeed, Outage, with_loosened_point
from kuangan.emulate.sensors.sending import FilePoster, Folder, Sender, SendingWay
from kuangan.host.heartbeat import beat

LONGEST_WAIT_S: Final = 5.0
"""Seconds after which a sign of life is given, however long the next file is off."""
CATCH_UP_CYCLES: Final = 20
"""When the clock runs further ahead than this, the feed goes on from now instead of making up for it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", default=_listener(), help="上传地址（默认本机接入服务）")
    parser.add_argument("--folder", type=Path, help="不上传，把文件写入此目录（每矿一个子目录）")
    parser.add_argument("--city", help="设区市代码；默认取已建的演示城市，否则 140400")
    parser.add_argument("--mines", type=int, help="演示煤矿座数")
    parser.add_argument("--seed", type=int, help="随机种子，相同种子产生相同城市")
    parser.add_argument("--speed", type=float, help="演示时钟的快慢，如 10 表示十倍速")
    parser.add_argument("--faults", default=",".join(DEFAULT), help="注入的传输故障：逗号分隔的名称、all 或 none")
    parser.add_argument(
        "--silent", type=int, default=1, metavar="N", help="开始3分钟后断线30分钟的煤矿座数，恢复后补传（默认1）"
    )
    parser.add_argument("--cycles", type=int, help="发送若干个周期后结束（默认一直发送）")
    parser.add_argument("--json", action="store_true", help="结束时以 JSON 输出统计")


def run(args: argparse.Namespace) -> int:
    """Send until the cycles are over or a signal ends it. 2 = the arguments do not fit."""
    try:
        plan = _plan(args)
        faults = chosen(args.faults)
        way = _way(args)
    except (UnknownCity, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if args.speed:
        clock.move(clock.now(), rate=args.speed)
    sender = Sender(way)
    silent = frozenset(mine.code for mine in plan.mines[1:][-args.silent :]) if args.silent > 0 else frozenset()
    _send(sender, lambda start: CityFeed(plan, start, faults, Outage(silent)), args.cycles, stop)
    if args.speed:
        clock.move(clock.now(), rate=1.0)
    _report(sender, as_json=args.json)
    return 0


def _send(sender: Sender, feed_from: Callable[[datetime], CityFeed], cycles: int | None, stop: threading.Event) -> None:
    start = _whole_second(clock.now())
    feed, number, sent = feed_from(start), 0, 0
    while cycles is None or sent < cycles:
        behind = (clock.now() - start).total_seconds() - number * CYCLE_S
        if cycles is None and behind > CATCH_UP_CYCLES * CYCLE_S:
            start = _whole_second(clock.now())
            feed, number = feed_from(start), 0
        for due in feed.cycle(number):
            if _ended_before(due.at, stop):
                return
            if due.down:
                sender.keep(due.files)
            else:
                sender.send(due.mine_code, due.files)
        number, sent = number + 1, sent + 1


def _ended_before(moment: datetime, stop: threading.Event) -> bool:
    """Wait for the moment of the product's time, giving signs of life; whether it is to end before that."""
    while (seconds := (moment - clock.now()).total_seconds() / clock.rate()) > 0:
        beat()
        if stop.wait(min(seconds, LONGEST_WAIT_S)):
            return True
    beat()
    return stop.is_set()


def _plan(args: argparse.Namespace) -> CityPlan:
    known = remembered()
    if known and args.city in (None, known.city) and args.mines is None and args.seed is None:
        plan = known.plan()
    else:
        plan = city_plan(args.city or "140400", args.mines or 110, args.seed or 1, on=clock.civil_date(clock.now()))
    return with_loosened_point(plan, 7) if len(plan.mines) > 7 else plan


def _way(args: argparse.Namespace) -> SendingWay:
    if args.folder:
        return Folder(args.folder)
    known = remembered()
    if known is None:
        raise ValueError("本数据目录还没有演示城市，没有上传凭证；请先运行 kuangan demo seed，或用 --folder 写入目录")
    return FilePoster(args.url, known.feed_tokens)


def _listener() -> str:
    host = os.environ.get("KUANGAN_INGEST_HOST", "127.0.0.1")
    return f"http://{host}:{os.environ.get('KUANGAN_INGEST_PORT', '8001')}/api/feeds"


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _report(sender: Sender, *, as_json: bool) -> None:
    counted = {
        "taken": sender.taken, "refused": sender.refused, "waiting": sender.waiting,
        "failures": sender.failures, "last_failure": sender.last_failure,
    }  # fmt: skip
    if as_json:
        print(json.dumps(counted, ensure_ascii=False))
    else:
        print(f"已送达文件 {sender.taken} 个，被退回 {sender.refused} 个，待补传 {sender.waiting} 个")
