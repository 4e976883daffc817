"""The real service from outside: the upload door, the watched folders, and import by hand beside it."""

import os
import subprocess
import time

import httpx
import pytest
import zstandard

from kuangan.base import clock
from kuangan.core.actions import create_person, create_user
from kuangan.core.models import Unit
from kuangan.monitor.actions import issue_token, revoke_token
from kuangan.monitor.models import Episode, FeedFile, FeedToken
from tests.db.monitor.feedtext import CORNER, MINE, cdss, moment, name_of
from tests.db.monitor.mines import make_mine
from tests.ingest_process import IngestProcess, command, environment


@pytest.fixture
def service(committed_db, data_folder):
    clock.move(moment("09:00:00"))
    process = IngestProcess(data_folder, committed_db.url())
    process.mine = make_mine()
    process.token = issue_token(actor=None, mine=process.mine)
    process.start()
    yield process
    process.kill()


def post(service, body, name, **headers):
    given = {"Authorization": f"Bearer {service.token}", "X-Feed-File": name} | headers
    return httpx.post(f"{service.url}/api/feeds", content=body, headers={k: v for k, v in given.items() if v})


def one(clock_text, value="0.30"):
    return cdss(clock_text, {CORNER: (value, 0)})


def names(folder):
    """The names of the files in a folder that may not be there yet."""
    return [path.name for path in folder.glob("*")]


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def test_the_door_and_the_folders(service, data_folder):
    name = name_of("CDSS", "08:00:00")
    assert post(service, one("08:00:00", "1.10"), name).json() == {"seq": 1}
    packed = zstandard.compress(one("08:00:30", "1.20"))
    answer = post(service, packed, name_of("CDSS", "08:00:30"), **{"Content-Encoding": "zstd"})
    assert (answer.status_code, answer.json()) == (202, {"seq": 2})
    refused = [
        (post(service, one("08:01:00"), name, Authorization=""), 401, "no_token"),
        (post(service, one("08:01:00"), name, Authorization="Bearer kt_wrong"), 401, "bad_token"),
        (post(service, one("08:01:00"), ""), 400, "no_name"),
        (post(service, b"", name), 400, "empty"),
        (post(service, one("08:01:00"), name, **{"Content-Encoding": "br"}), 415, "bad_encoding"),
        (post(service, b"x" * ((20 << 20) + 1), name), 413, "too_large"),
        (post(service, one("08:01:00")[:-2], name), 422, "incomplete"),
        (post(service, b"not zstd", name, **{"Content-Encoding": "zstd"}), 422, "bad_compression"),
        (httpx.get(f"{service.url}/api/feeds"), 405, "method"),
        (httpx.get(f"{service.url}/"), 404, "not_found"),
    ]
    for answer, status, error in refused:
        assert (answer.status_code, answer.json()["error"]) == (status, error)
        assert answer.json()["message"].endswith(("。", "！")) or "请" in answer.json()["message"]
    service.settled()
    assert list(FeedFile.objects.order_by("journal_seq").values_list("status", flat=True)) == [
        "done",
        "done",
        "incomplete",
        "refused",
    ]
    assert Episode.objects.get().started_at == moment("08:00:00")

    inbox = data_folder / "inbox" / MINE
    inbox.mkdir(parents=True)
    (inbox / name_of("CDSS", "08:02:00")).write_bytes(one("08:02:00", "0.20"))
    (inbox / (name_of("CDSS", "08:02:30") + ".zst")).write_bytes(zstandard.compress(one("08:02:30", "0.20")))
    (inbox / name_of("CDSS", "08:03:00").replace(".txt", ".TXT")).write_bytes(b"<xml/>")
    young = inbox / name_of("CDSS", "08:04:00")
    young.write_bytes(one("08:04:00")[:-2])
    old = inbox / name_of("CDSS", "08:05:00")
    old.write_bytes(one("08:05:00")[:-2])
    os.utime(old, (time.time() - 601, time.time() - 601))
    wait_for(lambda: len(list((inbox / "refused").glob("*"))) == 2 and len(list((inbox / "done").glob("*"))) == 2)
    assert young.exists()
    young.write_bytes(one("08:04:00"))
    wait_for(lambda: not young.exists())
    service.settled()
    assert Episode.objects.get().ended_at == moment("08:02:00")
    assert FeedFile.objects.filter(status="done").count() == 5


def test_a_revoked_key_is_refused_within_seconds_and_the_service_ends_in_time(service):
    person = create_person(actor=None, name="乙一", unit=Unit.objects.get(kind="county_bureau"))
    user = create_user(actor=None, username="officer", person=person, password="一号巷道-通风良好-72")
    revoke_token(actor=user, token=FeedToken.objects.get())
    wait_for(lambda: post(service, one("08:00:00"), name_of("CDSS", "08:00:00")).status_code == 401)
    assert service.stop() == 0


def test_import_works_beside_the_service_and_without_it(service, data_folder, tmp_path_factory, committed_db):
    folder = tmp_path_factory.mktemp("files")
    for clock_text in ("08:00:00", "08:00:30"):
        (folder / name_of("CDSS", clock_text)).write_bytes(one(clock_text, "1.10"))
    (folder / "note.md").write_text("no feed")

    def run_import():
        return subprocess.run(
            command("ingest", str(folder)),
            env=environment(data_folder, committed_db.url()),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    beside = run_import()
    assert (beside.returncode, "已接收 2 个，退回 0 个" in beside.stdout) == (0, True), beside.stderr
    service.settled()
    service.stop()
    (folder / name_of("CDSS", "08:01:00")).write_bytes(one("08:01:00", "0.10"))
    alone = run_import()
    assert (alone.returncode, alone.stdout) == (0, "已入库 1 个，重复文件 2 个\n"), alone.stderr
    episode = Episode.objects.get()
    assert (episode.ended_at, episode.readings) == (moment("08:01:00"), 2)


def test_names_that_are_no_utf8_and_halves_of_characters_stop_neither_folder_nor_door(service, data_folder):
    """Each of the two ended the service at every start, for as long as the file lay there."""
    inbox = data_folder / "inbox" / MINE
    inbox.mkdir(parents=True)
    gbk = os.fsdecode("实时数据.txt".encode("gbk"))
    (inbox / gbk).write_bytes(one("08:00:00"))
    (inbox / name_of("CDSS", "08:00:10")).write_bytes(b'"\\ud800~||"')
    (inbox / name_of("CDSS", "08:00:30")).write_bytes(one("08:00:30", "1.10"))
    assert post(service, b'"\\ud800"', name_of("CDSS", "08:00:40")).status_code == 422
    assert post(service, one("08:01:00", "1.20"), name_of("CDSS", "08:01:00")).status_code == 202
    wait_for(lambda: names(inbox / "done") and len(names(inbox / "refused")) == 2)
    service.settled()
    assert Episode.objects.get(withdrawn=False).readings == 2
    assert FeedFile.objects.filter(status__in=("done", "late")).count() == 2
    assert gbk in names(inbox / "refused")
    assert FeedFile.objects.filter(name="\\xca\\xb5\\xca\\xb1\\xca\\xfd\\xbe\\xdd.txt").exists()
