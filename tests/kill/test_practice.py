"""A practice city beside the real one: both started as real processes, each page marked, no message out of the practice."""

import json
import os
import subprocess
import sys

import httpx
import pytest

from kuangan.host.data_folder import DataFolder
from kuangan.host.processes import wait_until
from tests.kill.platform import Platform
from tests.servers import Service, answers, running

pytestmark = pytest.mark.kill

TELL = """
from kuangan.core import actions
from kuangan.core.models import Unit
from kuangan.law.role import Role
area = actions.create_unit(actor=None, kind="city", code="1404", name="示例市")
unit = actions.create_unit(actor=None, kind="city_bureau", code="1404-bureau", name="示例市应急管理局", parent=area)
person = actions.create_person(actor=None, name="乙一", unit=unit, phone="13900000001")
post = actions.create_post(actor=None, unit=unit, title="值班员", role=Role.duty_officer)
actions.appoint(actor=None, post=post, person=person)
actions.send_notice(
    actor=None, unit=unit, role=Role.duty_officer, kind="alarm", title="瓦斯超限", body="请核实", channels=("screen", "sms"),
)
"""
SPOKEN = "【演练】"


@pytest.fixture
def gateway():
    with running(Service()) as server:
        server.behaves["/send"] = [answers({"code": 0, "id": "S-1"})]
        yield server


@pytest.fixture
def both(gateway):
    """The real city and, beside its data folder, the practice; both know the real gateway."""
    real = Platform("--no-demo")
    practice = Platform("--no-demo", "--practice")
    for platform in (real, practice):
        platform.variables = {"KUANGAN_GATEWAY_URL": f"{gateway.url}/send", "KUANGAN_GATEWAY_TOKEN": "real"}
    real.start()
    practice.start()
    practice.folder = DataFolder(practice.home / "data-practice")
    for platform in (real, practice):
        platform.wait_healthy("web", "ingest", "sweep")
    yield real, practice
    for platform in (practice, real):
        platform.remove()


def tell(platform: Platform) -> None:
    """A message to somebody on duty, written by a process of that folder."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "KUANGAN_"))}
    environ["KUANGAN_DATA"] = str(platform.folder.root)
    command = [sys.executable, "-m", "kuangan.cli.main", "manage", "shell", "-c", TELL]
    told = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def messages(platform: Platform) -> list[dict]:
    place = platform.folder.root / "messages.jsonl"
    return [json.loads(line) for line in place.read_text().splitlines()] if place.exists() else []


def test_a_practice_runs_beside_the_real_city_is_marked_and_reaches_nobody(both, gateway):
    real, practice = both
    pages = [httpx.get(f"{platform.address('web')}/login/").text for platform in both]
    assert [("演练系统" in page, "【演练】" in page) for page in pages] == [(False, False), (True, True)]
    assert (real.folder.is_practice, practice.folder.is_practice) == (False, True)
    assert not (practice.home / "data").exists()
    tell(practice)
    assert wait_until(lambda: messages(practice), 60)
    [message] = messages(practice)
    assert (message["to"], message["text"][:4]) == ("13900000001", SPOKEN)
    assert gateway.seen == []
    tell(real)
    assert wait_until(lambda: gateway.seen, 60)
    assert (messages(real), messages(practice)) == ([], [message])


def test_a_folder_of_a_real_city_is_never_taken_for_practice(tmp_path):
    other = tmp_path / "data-practice"
    other.mkdir()
    (other / "journal").mkdir()
    environ = {**os.environ, "KUANGAN_DATA": str(tmp_path / "data")}
    started = subprocess.run(
        [sys.executable, "-m", "kuangan.cli.main", "up", "--practice"], env=environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (started.returncode, "不是演练系统的数据" in started.stderr) == (1, True)
    assert sorted(path.name for path in other.iterdir()) == ["journal"]
