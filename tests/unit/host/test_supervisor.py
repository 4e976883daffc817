import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from kuangan.host.child import DELAYS, Child, next_delay
from kuangan.host.logs.console import Console
from kuangan.host.processes import process, wait_until
from tests.unit.host.running import supervised


def test_delays_grow_and_stay_at_the_longest():
    assert [next_delay(n) for n in range(1, 9)] == [*DELAYS, DELAYS[-1], DELAYS[-1]]
    assert list(DELAYS) == sorted(DELAYS)


def test_a_child_that_ran_long_starts_again_as_if_for_the_first_time():
    child = Child("c", lambda: subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE))
    for expected in DELAYS[:3]:
        child.start()
        child.running.communicate()
        assert child.fail() == expected
    child.start()
    child.began -= 31
    child.running.communicate()
    assert child.fail() == DELAYS[0]


def test_a_killed_child_comes_back_by_itself(folder):
    with supervised(folder, "steady") as running:
        first = running.pid("steady")
        assert running.says("一行")
        os.kill(first, signal.SIGKILL)
        again = running.pid("steady", after=first)
        assert process(again) is not None
        assert running.children()["steady"]["starts"] == 2
        assert running.says("steady 已退出（信号 SIGKILL）")
        assert running.says("steady 已重新启动")


def test_the_killed_server_comes_back_and_the_others_stay(folder):
    with supervised(folder, "steady") as running:
        server, steady = running.pid("server"), running.pid("steady")
        os.kill(server, signal.SIGKILL)
        running.pid("server", after=server)
        assert running.pid("steady") == steady


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_all_end_with_the_supervisor_within_three_seconds(folder, number):
    with supervised(folder, "steady", "stubborn", "parent") as running:
        numbers = [running.pid(name) for name in ("server", "steady", "stubborn", "parent")]
        assert running.says("deaf")
        assert wait_until(lambda: psutil.Process(numbers[3]).children(), 5)
        grandchild = psutil.Process(numbers[3]).children()[0].pid
        status, seconds = running.end(number)
        assert status == 0
        assert seconds < 3
        assert [process(number) for number in (*numbers, grandchild)] == [None] * 5
        assert not running.status_file.exists()


def test_children_of_a_killed_supervisor_die_with_it(folder):
    with supervised(folder, "steady", "stubborn") as running:
        numbers = [running.pid(name) for name in ("server", "steady", "stubborn")]
        running.end(signal.SIGKILL)
        assert wait_until(lambda: not any(process(number) for number in numbers), 3)


def test_a_child_that_keeps_ending_is_started_ever_more_slowly_and_its_last_words_are_kept(folder):
    with supervised(folder, "brief") as running:
        assert running.says("brief 已退出（退出码 3），0.2 秒后重新启动")
        assert running.says("brief 已退出（退出码 3），0.5 秒后重新启动")
        assert (folder.logs / "brief.log").read_text().count("last words") >= 2


def test_a_child_that_closes_its_output_costs_nothing(folder):
    with supervised(folder, "closing") as running:
        running.pid("closing")
        time.sleep(0.5)
        before = sum(psutil.Process(running.process.pid).cpu_times()[:2])
        time.sleep(0.5)
        assert sum(psutil.Process(running.process.pid).cpu_times()[:2]) - before < 0.1
        assert running.end()[1] < 3


def test_lines_carry_the_name_and_are_filed_by_process(folder, capsys):
    folder.make()
    console = Console(folder.logs)
    console.line("web", "一行")
    console.line("postgres", "only filed", quiet=True)
    console.close()
    shown = capsys.readouterr().out
    assert shown.endswith("web      | 一行\n")
    assert "only filed" not in shown
    assert (folder.logs / "web.log").read_text().endswith(" 一行\n")
    assert (folder.logs / "postgres.log").read_text().endswith(" only filed\n")


def test_a_console_that_has_gone_away_is_no_reason_to_stop(folder):
    folder.make()
    reader, writer = os.pipe()
    os.close(reader)
    screen = os.fdopen(writer, "w")
    console = Console(folder.logs, screen)
    console.line("web", "first")
    console.line("web", "second")
    console.close()
    with suppress(BrokenPipeError):
        screen.close()
    assert (folder.logs / "web.log").read_text().endswith("second\n")
