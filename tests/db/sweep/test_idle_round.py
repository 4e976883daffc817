"""What a round costs in which nothing is due: it comes every two seconds, day and night."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kuangan.base.clock import now
from kuangan.flow import sweep
from kuangan.flow.rules.run import judge_daily

OF_THE_DAY = (judge_daily,)
"""What goes on for many rounds of a day."""


def test_a_round_in_which_nothing_is_due_opens_no_transaction_and_asks_each_stage_little(city) -> None:
    at = now()
    stages = [stage for stage in sweep.STAGES if stage not in OF_THE_DAY]
    while sum(stage(at) for stage in stages):
        pass
    asked: dict[str, list[str]] = {}
    for stage in stages:
        with CaptureQueriesContext(connection) as captured:
            stage(at)
        asked[stage.__name__] = [query["sql"] for query in captured.captured_queries]
    assert not {name for name, queries in asked.items() if any("SAVEPOINT" in sql for sql in queries)}
    assert max(map(len, asked.values())) <= 3, asked
    assert sum(map(len, asked.values())) <= 34, {name: len(queries) for name, queries in asked.items()}
