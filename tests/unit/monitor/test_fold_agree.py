"""The compiled fold and the plain one tell the same story, event by event, whatever the order and the batches."""

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuangan.monitor.fixed import NO_VALUE, to_units
from kuangan.monitor.fold import fast, reference
from kuangan.monitor.fold.judge import judge
from kuangan.monitor.fold.types import Batch, EpisodeChange, Limits, PointLimit

LIMITS = Limits.of(
    [
        PointLimit(Decimal("1.0"), Decimal("1.5"), Decimal("1.0")),
        PointLimit(Decimal("1.0"), Decimal("1.5"), Decimal("0.8"), strict=True),
        PointLimit(Decimal("0.75")),
        None,
    ]
)
VALUES = st.sampled_from([NO_VALUE, *map(to_units, ("0.5", "0.75", "0.79", "0.8", "0.99", "1", "1.01", "1.5", "1.51"))])
READING = st.tuples(
    st.integers(0, 3),
    st.integers(0, 60).map(lambda n: 1_767_571_200 + n * 60),
    VALUES,
    st.sampled_from([0, 0, 0, 0, 1, 3, 4, 4, 5, 8, 12, 16, 20, 256, 1 << 30]),
)


def batch_of(rows):
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    kinds = (np.int32, np.int64, np.int64, np.int32)
    return Batch(*(np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)))


def upserted(steps) -> dict[tuple[int, int], EpisodeChange]:
    rows: dict[tuple[int, int], EpisodeChange] = {}
    for changes in steps:
        for change in changes.episodes:
            key = (change.point, change.started_at)
            if change.withdrawn:
                del rows[key]
            else:
                rows[key] = change
    return rows


def told(changes):
    return (
        changes.episodes, changes.late_unjudged.tolist(), changes.late, changes.duplicates, changes.flags.tolist()
    )  # fmt: skip


@given(
    st.lists(st.lists(READING, max_size=25), max_size=6),
    st.integers(2, 12),
    st.lists(st.integers(0, 90)),
    st.sampled_from([60, 119, 120, 300, 7200]),
)
@settings(max_examples=300, deadline=None)
def test_fast_equals_reference_step_by_step(batches, window, clocks, gap):
    plain = reference.ReferenceState(window, gap_after=gap)
    compiled = fast.FoldState(window, gap_after=gap)
    for number, rows in enumerate(batches):
        batch = batch_of(rows)
        assert told(fast.step(compiled, batch, LIMITS)) == told(reference.step(plain, batch, LIMITS))
        if number < len(clocks):
            at = 1_767_571_200 + clocks[number] * 60
            assert told(fast.settle(compiled, at)) == told(reference.settle(plain, at))
        compiled = fast.FoldState.from_bytes(compiled.to_bytes())


@given(st.lists(READING, max_size=80), st.randoms(use_true_random=False), st.lists(st.integers(0, 80), max_size=5))
@settings(max_examples=150, deadline=None)
def test_order_batches_and_repetition_do_not_matter_within_the_window(rows, random, cuts):
    at_once = upserted([reference.step(reference.ReferenceState(), batch_of(sorted(rows)), LIMITS)])
    shuffled = rows + rows[:20]
    random.shuffle(shuffled)
    state = fast.FoldState()
    edges = [0, *sorted(min(cut, len(shuffled)) for cut in cuts), len(shuffled)]
    steps = [fast.step(state, batch_of(shuffled[a:b]), LIMITS) for a, b in pairwise(edges)]
    assert upserted(steps) == at_once


@given(st.lists(READING, max_size=60))
@settings(max_examples=100, deadline=None)
def test_the_vectorised_judgement_equals_the_plain_one(rows):
    batch = batch_of(rows)
    assert judge(batch, LIMITS).tolist() == [
        reference.judge_one(value, status, LIMITS, point) for point, _, value, status in rows
    ]


def test_limits_that_do_not_cover_a_point_are_refused():
    with pytest.raises(IndexError, match="limits of 4 points for point 4"):
        judge(batch_of([(4, 0, 0, 0)]), LIMITS)
