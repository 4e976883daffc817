"""`kuangan demo seed`: the fictional city with four days of history, built once in an empty database."""

import argparse
import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from kuangan.base import clock, garbage
from kuangan.city.areas import UnknownCity
from kuangan.core.models import Unit
from kuangan.emulate.build.building import NotEmpty, build
from kuangan.emulate.past import aftermath, directives, history
from kuangan.emulate.plan.city import DEFAULT_CITY, DEFAULT_MINES, STORY_MINES, city_plan
from kuangan.emulate.plan.remembered import Demonstration, remember, remembered
from kuangan.emulate.story import scenario

APPOINTED: Final = timedelta(days=31)
"""How long before the history begins people already held their posts."""
SETTLED: Final = timedelta(hours=6)
"""How long before the story the city already exists."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["seed"], help="seed：数据库为空时建立演示城市；已建则列出账号")
    parser.add_argument("--city", default=DEFAULT_CITY, help="设区市代码（默认 %(default)s）")
    parser.add_argument("--mines", type=int, default=DEFAULT_MINES, help="煤矿座数（默认 %(default)s）")
    parser.add_argument("--seed", type=int, default=1, help="随机种子（默认 %(default)s）")
    parser.add_argument("--years", type=int, default=0, help="台账和履职的历史年数（默认 0：上上月初起）")
    parser.add_argument("--without-past", action="store_true", help="不写以前的台账和履职")
    parser.add_argument("--without-story", action="store_true", help="只建城市，不演示四天的处置经过")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出账号")


def run(args: argparse.Namespace) -> int:
    """Build what is missing and list the accounts; 2 = the database is not ours to fill, or the arguments do not fit."""
    try:
        demonstration = _existing() or _built(args)
    except (NotEmpty, UnknownCity, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    _print(demonstration, as_json=args.json)
    return 0


def _existing() -> Demonstration | None:
    """The demonstration whose city is in the database."""
    known = remembered()
    if known and Unit.objects.filter(code=known.city[:4], name=known.city_name).exists():
        return known
    return None


def _built(args: argparse.Namespace) -> Demonstration:
    end = clock.wall_now().replace(microsecond=0)
    story = not args.without_story
    if story and args.mines < STORY_MINES:
        raise ValueError(f"演示经过需要至少 {STORY_MINES} 座煤矿；请增大 --mines，或加 --without-story")
    plan = city_plan(args.city, args.mines, args.seed, on=clock.civil_date(end))
    since = end - scenario.LENGTH - SETTLED
    clock.move(since, rate=0.0)
    try:
        demonstration = build(plan, since, clock.beijing_midnight(history.beginning(end, args.years)) - APPOINTED)
        remember(demonstration)
        garbage.spare_loaded()
        settings.DEMONSTRATION = True
        if not args.without_past:
            _past(since, end, args.years, args.seed)
        return _with_story(demonstration, end) if story else demonstration
    finally:
        clock.release()


def _past(since: datetime, end: datetime, years: int, seed: int) -> None:
    """The ledgers and duties of the time before the story."""
    past = history.History(since, end, years, seed)
    history.told("开始写入台账历史")
    entries = past.write_all()
    history.told(f"台账共{entries}条，开始生成履职事项")
    duties = history.open_duties(past.span.first, since) + aftermath.follow(past)
    aftermath.hand_in(past)
    directives.carry(past)
    excused = aftermath.excuse(past)
    history.told(f"履职事项共{duties}件，申请免责{excused}件，开始判定规则")
    history.told(f"规则判定{aftermath.judge(past)}项，历史写入完成")


def _with_story(demonstration: Demonstration, end: datetime) -> Demonstration:
    history.told("开始演示四天的报警处置经过，需数分钟")
    scenario.play(demonstration, end)
    told = replace(demonstration, complete=True)
    remember(told)
    return told


def _print(demonstration: Demonstration, *, as_json: bool) -> None:
    accounts = [
        {
            "username": account.username,
            "name": account.name,
            "unit": account.unit,
            "title": account.title,
            "role": account.role,
        }
        for account in demonstration.accounts
    ]
    if as_json:
        print(
            json.dumps(
                {"city": demonstration.city, "password": demonstration.password, "accounts": accounts},
                ensure_ascii=False,
            )
        )
        return
    print(
        f"演示城市：{demonstration.city_name}，煤矿 {demonstration.mines} 座（均为虚构）。账号密码均为 {demonstration.password}"
    )
    for account in accounts:
        print(f"  {account['username']:<24}{account['unit']}　{account['title']}　{account['name']}")
