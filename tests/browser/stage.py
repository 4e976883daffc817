"""What the pages show in screenshots: a county with a hundred mines, alarms in every state, one drafted stop order."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from kuangan.base import clock
from kuangan.casework.models import Case
from kuangan.core.actions import create_unit, roster_person
from kuangan.mine.actions import appoint_key_person, create_mine, set_attribute
from kuangan.mine.models import Mine, Point
from kuangan.monitor.history import HistoryWriter, Readings
from kuangan.monitor.models import LiveRow, Silence
from kuangan.monitor.packing import INT32, INT64, packed
from tests.city import START, SmallCity
from tests.story.script import PROPOSAL, Script
from tests.web.world import World, build_world, feed_file

MINES = 100
STEP_S = 30
HOURS = 26


def play(city: SmallCity, script: Script, data: Path) -> World:
    """Three days of a county, ending at the script's moment; the drafted order waits for the head of the bureau."""
    now = script.at
    _mines(city, now)
    script.at = now - timedelta(days=3)
    script.real_alarm(peak="1.32")
    script.at = now - timedelta(hours=5)
    script.real_alarm(point="first-1301-T2", peak="1.86")
    suspension = script.suspension()
    _to_the_head(script, suspension)
    script.at = now - timedelta(minutes=14)
    world = build_world(city, script)
    script.alarm(
        point="second-1302-T0",
        peak="3.24",
        open_=True,
        power_off_at=script.at,
        power_state="energised",
        power_state_at=script.at,
    )
    script.alarm(point="second-1301-T2", peak="1.08")
    script.until(now)
    _live(city, script.at)
    _history(city.points["first-1301-T0"], script.at, data)
    _people(city, script.at)
    for seq in range(3):
        feed_file(city.mines["second"], seq + 1, script.at - timedelta(minutes=7 * seq))
    clock.move(script.at, rate=1.0)
    return world


def _to_the_head(script: Script, case: Case) -> None:
    script.do("county_officer", case, "propose", **PROPOSAL)
    script.do("county_officer_b", case, "countersign", opinion="同意")
    script.do("county_section", case, "review", opinion="同意")
    script.do("county_legal", case, "pass_legal_review", opinion="事实清楚，适用依据正确，程序合法")


def _mines(city: SmallCity, now: datetime) -> None:
    grades = ("low_gas", "high_gas", "outburst")
    for number in range(MINES):
        code = f"140423900{number + 100:03d}"
        name = f"{'云溪松柏石青龙凤白黑'[number % 10]}{'山岭沟坪湾'[number // 10 % 5]}{'一二'[number // 50]}号煤矿"
        unit = create_unit(
            actor=None, kind="mine", code=code, name=name, parent=city.units["county_area"], phone="000-0300", at=START
        )
        mine = create_mine(
            actor=None, unit=unit, county=city.units["county_area"], supervisor=city.units["county"], at=START
        )
        for key, value in (
            ("status", "halted" if number % 9 == 0 else "producing"),
            ("gas_grade", grades[number % 3]),
            ("approved_capacity", str(60 + number % 5 * 30)),
        ):
            set_attribute(actor=None, mine=mine, name=key, value=value, valid_from=START.date(), at=START)
        age = timedelta(minutes=47) if number % 17 == 3 else timedelta(seconds=12 + number % 20)
        LiveRow.objects.create(
            mine=mine, at=now - age, received_at=now - age, highest=Decimal(20 + number % 60) / 100, **live_columns([])
        )
        if number % 17 == 3:
            Silence.objects.create(mine=mine, started_at=now - age, noticed_at=now, level=2, reacted_at=now)


def live_columns(rows: list[tuple[int, int, int, int]]) -> dict[str, bytes]:
    """Columns of a live row: point, time, micro-units, status."""
    columns = list(zip(*rows, strict=True)) or [()] * 4
    kinds = (("points", INT64), ("times", INT64), ("values", INT64), ("statuses", INT32))
    return {name: packed(np.array(column, kind), kind) for (name, kind), column in zip(kinds, columns, strict=True)}


def _live(city: SmallCity, now: datetime) -> None:
    for key in ("first", "second"):
        mine: Mine = city.mines[key]
        points = [point for name, point in city.points.items() if name.startswith(key)]
        at = int(now.timestamp()) - 8
        rows = [(point.pk, at, 420_000 + 130_000 * index, 0) for index, point in enumerate(points)]
        top = points[-1]
        LiveRow.objects.create(
            mine=mine,
            at=now - timedelta(seconds=8),
            received_at=now - timedelta(seconds=7),
            highest=Decimal("0.81"),
            highest_point=top,
            **live_columns(rows),
        )


def _history(point: Point, now: datetime, data: Path) -> None:
    """A day of methane with the shape of shifts and one over-limit at the end."""
    end = int(now.timestamp())
    time = np.arange(end - HOURS * 3600, end, STEP_S, dtype=np.int64)
    hours = (time % 86400) / 3600
    dice = np.random.default_rng(7)
    gas = 0.42 + 0.14 * np.sin(hours / 8 * 2 * np.pi) + dice.normal(0, 0.03, len(time))
    rise = np.clip(1 - np.abs(time - (end - 14 * 60)) / 420, 0, None)
    value = np.round(np.clip(gas, 0, None) + 1.1 * rise, 2)
    count = len(time)
    rows = Readings(
        np.zeros(count, np.int32),
        time,
        (value * 1_000_000).astype(np.int64),
        np.full(count, 2, np.uint8),
        np.zeros(count, np.int32),
        np.ones(count, np.uint8),
    )
    writer = HistoryWriter(data / "history")
    writer.add(point.mine.code, 1, [point.native_code], rows)
    writer.flush(point.mine.code)


def _people(city: SmallCity, now: datetime) -> None:
    for post, name in (("mine_director", "甲二"), ("chief_engineer", "甲三"), ("safety_deputy", "甲五")):
        appoint_key_person(
            actor=None, mine=city.mine, post=post, name=name, phone="000-0010", from_on=START.date(), at=START
        )
    on = clock.civil_date(now)
    dispatcher = city["mine_dispatcher"].person
    assert dispatcher is not None
    for shift in ("early", "middle"):
        roster_person(
            actor=None, unit=city.units["mine"], person=dispatcher, on=on, shift=shift, role="mine_dispatcher"
        )
