"""A disk that fills while mines send, and processes that hang, on the real platform."""

import json
import os
import shutil
import signal
from contextlib import contextmanager, suppress

import httpx
import psycopg
import pytest

from kuangan.base import space
from kuangan.base.clock import civil, wall_now
from kuangan.host.data_folder import DataFolder
from kuangan.host.processes import process, wait_until
from kuangan.monitor.actions import issue_token
from tests.database import use_database
from tests.db.monitor.feedtext import DAY, cdss
from tests.db.monitor.mines import make_mine
from tests.kill.platform import Platform
from tests.unit.host.disks import MB, fill, small_disk

pytestmark = pytest.mark.kill

MINE = "140423900001"
POINT = f"{MINE}01MN0001000000T0"
ALL = ("postgres", "web", "ingest", "sweep")


@contextmanager
def platform_on(place):
    platform = Platform("--no-demo")
    shutil.rmtree(platform.home)
    platform.home, platform.folder, platform.console = (
        place,
        DataFolder(place / "data"),
        place.parent / f"{place.name}.txt",
    )
    try:
        yield platform
    finally:
        platform.remove()
        platform.console.unlink(missing_ok=True)


def send(platform, token, second):
    """The door's status for one file of the mine, and its error."""
    at = civil(wall_now())
    text = (
        cdss("09:00:00", {POINT: ("0.30", 0)}, MINE)
        .decode()
        .replace(f"{DAY} 09:00:00", f"{at:%Y-%m-%d %H:%M}:{second:02}")
    )
    headers = {"Authorization": f"Bearer {token}", "X-Feed-File": f"{MINE}_CDSS_{at:%Y%m%d%H%M}{second:02}.txt"}
    answer = httpx.post(f"{platform.address('ingest')}/api/feeds", content=text.encode(), headers=headers, timeout=30)
    return answer.status_code, answer.json().get("error", "")


def incidents(platform):
    """(kind, whether it is over) of all incidents; none while the database starts."""
    with suppress(psycopg.OperationalError), psycopg.connect(platform.database().url()) as connection:
        return set(connection.execute("SELECT kind, ended_at IS NOT NULL FROM core_incident").fetchall())
    return set()


def test_a_disk_that_fills_stops_uploads_in_words_and_goes_on_by_itself_when_there_is_room(committed_db):
    with small_disk(700) as disk, platform_on(disk) as platform:
        platform.start()
        platform.wait_healthy(*ALL)
        use_database(platform.database())
        token = issue_token(actor=None, mine=make_mine(MINE))
        assert wait_until(lambda: send(platform, token, 1)[0] == 202, 30, every=1)
        assert wait_until(lambda: space.ballast_bytes(platform.folder.root) > 0, 10)

        filler = fill(disk, leave=40 * MB)
        assert wait_until(lambda: send(platform, token, 2) == (503, "disk_full"), 30, every=0.5)
        assert wait_until(lambda: space.ballast_bytes(platform.folder.root) == 0, 10)
        assert wait_until(lambda: ("disk_full", False) in incidents(platform), 30)
        assert any("剩余空间" in text for text in platform.status()["troubles"])

        brimful = fill(disk, name="brimful")
        for name in ("web", "sweep"):
            platform.kill(name)
        assert process(platform.supervisor.pid) is not None
        brimful.unlink()
        filler.unlink()
        platform.wait_healthy(*ALL)
        assert wait_until(lambda: send(platform, token, 3)[0] == 202, 60, every=1)
        assert wait_until(lambda: ("disk_full", True) in incidents(platform), 60)
        assert wait_until(lambda: space.ballast_bytes(platform.folder.root) > 0, 10)
        assert json.loads((platform.folder.run / "status.json").read_text())["troubles"] == []
        platform.stop()


HURRIED = (
    "import sys; from kuangan.host import up; from kuangan.cli.main import main\n"
    "up.TERMS.update(web=5.0, ingest=5.0, sweep=5.0); up.SERVER_TERM = 5.0\n"
    "sys.exit(main(sys.argv[1:]))"
)


def noticed(platform: Platform) -> set[str]:
    """Whom incidents are about; that of the database itself is recorded once it answers again."""
    with psycopg.connect(platform.database().url()) as connection:
        return {key for (key,) in connection.execute("SELECT key FROM core_incident")}


def test_a_stopped_process_or_database_is_noticed_ended_and_back_by_itself():
    platform = Platform("--no-demo")
    platform.program = ("-c", HURRIED)
    try:
        platform.start()
        platform.wait_healthy(*ALL)
        for name in ("web", "ingest", "sweep"):
            beat = platform.folder.run / f"{name}.beat"
            former = beat.stat().st_mtime_ns
            assert wait_until(lambda beat=beat, former=former: beat.stat().st_mtime_ns != former, 30), name
        for victims in (("web", "ingest", "sweep"), ("postgres",)):
            numbers = {name: platform.pid(name) for name in victims}
            for number in numbers.values():
                os.kill(number, signal.SIGSTOP)
            assert wait_until(lambda numbers=numbers: not any(map(process, numbers.values())), 60)
            platform.wait_healthy(*ALL)
        wanted = {("process_hung", True)}
        assert wait_until(lambda: incidents(platform) == wanted, 60), platform.console.read_text()[-3000:]
        assert wait_until(lambda: noticed(platform) == set(ALL), 60), noticed(platform)
        platform.stop()
    finally:
        platform.remove()
