"""A mine in motion: over-limits cut the power, calibrations are marked, faults show, declarations follow."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from kuangan.emulate.plan.city import city_plan
from kuangan.emulate.sensors.chance import rise_with_neighbours
from kuangan.emulate.sensors.declaring import Declaring
from kuangan.emulate.sensors.incidents import ALARM, CALIBRATING, CUT, SENSOR_FAULT, Calibration, Rise, SensorFault
from kuangan.emulate.sensors.machine import MineMachine

START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
PLAN = city_plan(mines=3, on=date(2026, 3, 10)).key_mine
CORNER = PLAN.methane("return_corner")
RETURN = PLAN.methane("coal_face_return")
FEED = next(i for i, p in enumerate(PLAN.points) if p.quantity == "feed" and p.working == PLAN.points[RETURN].working)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def run(machine: MineMachine, length: timedelta):
    steps = range(1, int(length.total_seconds() // 30) + 1)
    return [machine.tick(START + timedelta(seconds=30 * step)) for step in steps]


def rise(point: int, peak: float) -> Rise:
    return Rise(point, START + minutes(5), minutes(3), minutes(4), peak, minutes(2))


def test_without_incidents_nothing_reaches_a_set_point() -> None:
    for tick in run(MineMachine(PLAN, START, 1), minutes(240)):
        assert not any(status & (ALARM | CUT) for status in tick.statuses)


def test_a_rise_alarms_cuts_the_power_and_power_comes_back_later() -> None:
    machine = MineMachine(PLAN, START, 1, failing=0.0)
    machine.add(rise(RETURN, 1.3))
    ticks = run(machine, minutes(60))

    over = [tick for tick in ticks if tick.statuses[RETURN] & ALARM]
    assert max(float(tick.values[RETURN]) for tick in over) == pytest.approx(1.3)
    assert all(tick.statuses[RETURN] & CUT for tick in over), "alarm and cut-off are both 1.0 at T2"
    first = over[0].at
    power = {tick.at: tick.values[FEED] for tick in ticks}
    assert power[first] == "1"
    assert power[first + timedelta(seconds=30)] == "0"
    assert ticks[-1].values[FEED] == "1"
    back = min(at for at, value in power.items() if value == "1" and at > first)
    assert back >= over[-1].at + minutes(5)


def test_a_failing_interlock_leaves_the_power_on_and_is_told() -> None:
    machine = MineMachine(PLAN, START, 1, failing=1.0)
    machine.add(rise(RETURN, 1.3))
    declaring = Declaring(machine, 1, silent=0.0)
    ticks = run(machine, minutes(20))
    told = [alarm.kind for tick in ticks for alarm in declaring.tell(tick)]

    assert {tick.values[FEED] for tick in ticks} == {"1"}
    assert {"001", "002", "003"} <= set(told)


def test_a_calibration_shows_standard_gas_under_its_status_bit_and_tests_the_interlock() -> None:
    machine = MineMachine(PLAN, START, 1, failing=0.0)
    machine.add(Calibration(CORNER, START + minutes(5), minutes(15), 1.5, flagged=True))
    ticks = run(machine, minutes(60))

    during = [tick for tick in ticks if START + minutes(5) <= tick.at < START + minutes(20)]
    assert {tick.statuses[CORNER] for tick in during} == {CALIBRATING}
    assert {"0.00", "1.50", "0.45"} == {tick.values[CORNER] for tick in during}
    assert {tick.statuses[CORNER] for tick in ticks if tick not in during} == {0}
    assert {tick.values[FEED] for tick in during} == {"1", "0"}
    assert ticks[-1].values[FEED] == "1"


def test_a_broken_sensor_has_no_value() -> None:
    machine = MineMachine(PLAN, START, 1)
    machine.add(SensorFault((CORNER,), START + minutes(1), minutes(5), SENSOR_FAULT))
    ticks = run(machine, minutes(10))
    assert [(t.values[CORNER], t.statuses[CORNER]) for t in ticks[1:11]] == [("-9999", SENSOR_FAULT)] * 10
    assert ticks[12].statuses[CORNER] == 0


def test_one_source_raises_the_points_of_its_face_and_no_others() -> None:
    rises = rise_with_neighbours(PLAN, CORNER, START, 1.4, np.random.default_rng(1))
    face = PLAN.points[CORNER].working
    assert {PLAN.points[one.point].working for one in rises} == {face}
    assert {PLAN.points[one.point].quantity for one in rises} == {"methane"}
    assert max(rises, key=lambda one: one.peak).point == CORNER


def test_declarations_begin_continue_and_end_under_one_key() -> None:
    machine = MineMachine(PLAN, START, 1, failing=0.0)
    machine.add(Rise(CORNER, START + minutes(2), minutes(2), minutes(14), 1.2, minutes(2)))
    declaring = Declaring(machine, 1, silent=0.0)
    told = [
        a
        for t in run(machine, minutes(40))
        for a in declaring.tell(t)
        if a.kind == "001" and a.point.code.endswith("01")
    ]

    assert len({alarm.started_at for alarm in told}) == 1
    assert len(told) >= 4
    assert told[0].ended_at is None
    assert told[-1].ended_at is not None
    assert str(told[-1].highest) == "1.20"


def test_some_mines_never_declare() -> None:
    machine = MineMachine(PLAN, START, 1)
    machine.add(rise(CORNER, 1.2))
    declaring = Declaring(machine, 1, silent=1.0)
    assert [a for t in run(machine, minutes(30)) for a in declaring.tell(t) if a.kind == "001"] == []
