"""Jobs in processes of their own: what one of them takes or breaks is its own affair."""

import threading

import psutil
import pytest

from kuangan.base import workshop
from kuangan.base.turns import Busy, Turns
from kuangan.base.workshop import Died, JobLimits, Raised, run
from kuangan.host.processes import process, wait_until

MIB = 1024 * 1024


def test_a_job_gives_its_result_and_raises_by_name():
    assert run("statistics", "mean", [1, 2, 3]) == 2
    with pytest.raises(Raised, match="ValueError") as raised:
        run("math", "sqrt", -1.0)
    assert raised.value.kind == "builtins.ValueError"


def test_a_job_that_wants_more_memory_than_it_may_dies_alone():
    with pytest.raises(Died):
        run("operator", "mul", "矿", 10**10)
    assert psutil.Process().memory_info().rss < 1024 * MIB
    assert run("math", "sqrt", 4.0) == 2


def test_a_job_that_runs_over_its_time_or_its_processor_seconds_dies_alone():
    with pytest.raises(Died):
        run("time", "sleep", 60, limits=JobLimits(wall_s=0.2))
    with pytest.raises(Died):
        run("builtins", "sum", range(10**11), limits=JobLimits(cpu_s=1))
    assert run("math", "sqrt", 4.0) == 2


def test_a_result_that_is_no_plain_value_is_not_taken():
    with pytest.raises(Exception, match="is no plain value"):
        run("pathlib", "Path", "/")


def test_a_foreman_that_was_killed_is_replaced():
    run("math", "sqrt", 4.0)
    process = workshop._foreman._process
    assert process is not None
    process.kill()
    process.wait()
    assert run("math", "sqrt", 9.0) == 3


def test_more_jobs_than_may_wait_are_told_to_come_again_and_the_others_are_done(monkeypatch):
    monkeypatch.setattr(workshop, "_turns", Turns(at_once=workshop.AT_ONCE, waiting=1, patience_s=10.0))
    told: list[object] = []

    def ask() -> None:
        try:
            told.append(run("time", "sleep", 0.5))
        except Busy as busy:
            told.append(str(busy))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(None) == workshop.AT_ONCE + 1
    assert told.count("正在处理的文件较多，请稍候再试。") == 8 - workshop.AT_ONCE - 1


def warmed(function, *args, limits=workshop.USUAL):
    """What a job gives that a spare child does; the first ones may come before it is ready."""
    return next(
        answer
        for _ in range(2000)
        if (answer := run("tests.unit.base.warmed", function, *args, limits=limits)) not in ("cold", None)
        and (function != "who" or answer[1])
    )


def test_a_child_that_was_made_ready_does_one_job_and_ends():
    first, second = warmed("who")[0], warmed("who")[0]
    assert first != second
    assert wait_until(lambda: process(first) is None, 10)


@pytest.mark.parametrize(("what", "limits"), [("memory", JobLimits(memory=64 * MIB)), ("seconds", JobLimits(cpu_s=1))])
def test_a_child_that_was_made_ready_keeps_the_limits_of_its_job(what, limits):
    with pytest.raises(Died):
        warmed("eat", what, limits=limits)
    assert warmed("who")


def test_a_ready_child_that_was_killed_costs_no_job_and_one_without_a_foreman_ends():
    warmed("who")
    foreman = psutil.Process(workshop._foreman._process.pid)
    for spare in foreman.children():
        spare.kill()
    assert run("tests.unit.base.warmed", "who")
    warmed("who")
    spares = [child for child in foreman.children() if child.status() != psutil.STATUS_ZOMBIE]
    foreman.kill()
    _, alive = psutil.wait_procs(spares, timeout=10)
    assert not alive


def test_the_foreman_stays_without_threads_when_its_papers_are_ready():
    workshop.make_ready("kuangan.law.setting.typesetting")
    assert run("math", "sqrt", 4.0) == 2  # orders are taken one after the other
    assert psutil.Process(workshop._foreman._process.pid).num_threads() == 1
