import random
import time

import pytest

from kuangan.host.processes import wait_until
from tests.kill.load import Writer, make_table, rows

pytestmark = pytest.mark.kill

SERVER = ("postgres",)


def wait_for_writes(writer, more):
    """Return when the writer has had `more` further rows acknowledged."""
    goal = len(writer.acknowledged) + more
    assert wait_until(lambda: len(writer.acknowledged) >= goal, 30), "the database does not come back"


def test_a_killed_database_comes_back_with_every_acknowledged_row(platform):
    platform.start()
    platform.wait_healthy(*SERVER, "web")
    make_table(platform.database(owner=True))
    writer = Writer(platform.database())
    writer.start()
    moments = random.Random(1)
    for _ in range(3):
        wait_for_writes(writer, 20)
        time.sleep(moments.uniform(0, 0.5))
        platform.kill("postgres")
        platform.wait_healthy(*SERVER, "web")
    wait_for_writes(writer, 20)
    assert set(writer.end()) <= rows(platform.database())
    assert writer.losses >= 3
    platform.stop()


def test_a_killed_supervisor_leaves_nobody_behind_and_the_next_start_has_every_acknowledged_row(platform):
    platform.start()
    platform.wait_healthy(*SERVER, "web")
    make_table(platform.database(owner=True))
    writer = Writer(platform.database())
    writer.start()
    moments = random.Random(2)
    for _ in range(2):
        wait_for_writes(writer, 20)
        time.sleep(moments.uniform(0, 0.5))
        platform.kill_supervisor()
        platform.start()
        platform.wait_healthy(*SERVER, "web")
    wait_for_writes(writer, 20)
    assert set(writer.end()) <= rows(platform.database())
    platform.stop()


def test_each_killed_process_comes_back_alone(platform):
    names = (*SERVER, "web", "ingest", "sweep")
    platform.start()
    platform.wait_healthy(*names)
    for name in names[1:]:
        others = {other: platform.pid(other) for other in names if other != name}
        platform.kill(name)
        platform.wait_healthy(*names)
        assert {other: platform.pid(other) for other in others} == others
    platform.stop()


def test_a_folder_has_one_supervisor(platform):
    platform.start()
    platform.wait_healthy(*SERVER, "web")
    first = platform.supervisor
    platform.start()
    assert platform.supervisor.wait(20) == 1
    assert "已有一个 kuangan up 在运行" in platform.console.read_text()
    assert f"由进程 {first.pid} 占用" in platform.console.read_text()
    platform.supervisor = first
    assert platform.is_healthy((*SERVER, "web"))
    platform.stop()
