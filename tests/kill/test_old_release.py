"""The data folder of the release before, started under this version."""

import os
import subprocess
import sys
from datetime import timedelta

import httpx
import psycopg
import pytest

from kuangan.base.clock import civil, wall_now
from kuangan.host.database.accounts import OWN_ACCOUNT, acting_as, postgres_account
from kuangan.host.database.migrated import missing
from kuangan.host.processes import wait_until
from tests.db.monitor.feedtext import DAY, cdss
from tests.kill.platform import Platform
from tests.kill.release import OldPlatform

pytestmark = pytest.mark.kill

ALL = ("postgres", "web", "ingest", "sweep")


@pytest.fixture(scope="module")
def old():
    """The old folder, running under this version until the module ends."""
    platform = OldPlatform()
    try:
        platform.start()
        platform.wait_healthy(*ALL)
        yield platform
        platform.stop()
    finally:
        platform.remove()


def rows(platform: Platform, question: str, *values) -> list[tuple]:
    with psycopg.connect(platform.database().url()) as connection:
        return connection.execute(question, values).fetchall()


def command(platform: Platform, *words: str) -> subprocess.CompletedProcess:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "KUANGAN_"))}
    environ["KUANGAN_DATA"] = str(platform.folder.root)
    return subprocess.run(
        [sys.executable, "-m", "kuangan.cli.main", *words], env=environ, capture_output=True, text=True, check=False
    )


def test_its_tables_are_brought_up_to_date_and_its_trail_is_whole(old: OldPlatform) -> None:
    assert missing(old.database(owner=True)) == set()
    verified = command(old, "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_what_was_asked_about_duties_is_a_case_each(old: OldPlatform) -> None:
    asked = rows(old, "SELECT count(*) FROM core_event WHERE action = 'excuse_asked'")
    assert rows(old, "SELECT count(*) FROM casework_case WHERE procedure = 'duty_excuse'") == asked
    assert rows(old, "SELECT to_regclass('duty_excuse')::text") == [(None,)]


def test_its_letters_are_a_case_each(old: OldPlatform) -> None:
    written = rows(old, "SELECT count(DISTINCT subject_id) FROM core_event WHERE subject_kind = 'office.letter'")
    question = "SELECT count(*) FROM casework_case WHERE procedure = ANY(%s)"
    assert rows(old, question, ["supervision_letter", "reminder_letter", "urging_letter"]) == written
    assert rows(old, "SELECT to_regclass('office_letter')::text") == [(None,)]


def test_its_one_time_secrets_seeds_and_sessions_are_in_no_dump_any_more(old: OldPlatform) -> None:
    secrets = rows(old, "SELECT totp_secret FROM core_user WHERE totp_secret <> ''")
    seeds = rows(old, "SELECT seed FROM draw_draw")
    assert secrets
    assert {kept.split(".")[0] for (kept,) in [*secrets, *seeds]} == {"v1"}
    assert rows(old, "SELECT count(*) FROM django_session") == [(0,)]


def test_its_people_log_in_and_see_their_cases(old: OldPlatform) -> None:
    with httpx.Client(base_url=old.address("web"), timeout=30) as client:
        old.log_in(client, "city_officer")
        ((key,),) = rows(old, "SELECT min(id) FROM casework_case")
        page = client.get(f"/cases/{key}/")
        assert page.status_code == 200, page.text[:2000]
        assert client.get("/today/").status_code == 200


def test_its_mines_go_on_sending(old: OldPlatform) -> None:
    mine, token = next(iter(old.written["feed_tokens"].items()))
    ((point,),) = rows(
        old,
        "SELECT p.native_code FROM mine_point p JOIN mine_mine m ON m.unit_id = p.mine_id WHERE m.code = %s LIMIT 1",
        mine,
    )
    at = civil(wall_now() - timedelta(seconds=5))
    text = cdss("09:00:00", {point: ("0.30", 0)}, mine).decode().replace(f"{DAY} 09:00:00", f"{at:%Y-%m-%d %H:%M:%S}")
    headers = {"Authorization": f"Bearer {token}", "X-Feed-File": f"{mine}_CDSS_{at:%Y%m%d%H%M%S}.txt"}
    answer = httpx.post(f"{old.address('ingest')}/api/feeds", content=text.encode(), headers=headers, timeout=30)
    assert answer.status_code == 202, answer.text
    question = "SELECT 1 FROM monitor_feedfile WHERE journal_seq = %s"
    assert wait_until(lambda: rows(old, question, answer.json()["seq"]) == [(1,)], 180)


def test_its_database_no_longer_trusts_whoever_reaches_it(old: OldPlatform) -> None:
    place = old.folder.root / "postgres"
    assert place.owner() == OWN_ACCOUNT
    assert all(part.lstat().st_uid == place.stat().st_uid for part in place.rglob("*"))
    rules = [line for line in (place / "pg_hba.conf").read_text().splitlines() if not line.startswith("#")]
    assert rules == ["local all all peer map=kuangan"]
    superuser = old.database().__class__(name="postgres", user="postgres", host=old.database().host)
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(superuser.url())
    with acting_as(postgres_account()):
        psycopg.connect(superuser.url()).close()


def test_what_it_left_open_to_other_accounts_is_closed(old: OldPlatform) -> None:
    for name in ("messages.jsonl", "logs", "run", "content", "history", "journal", "secret.key", "demo.json"):
        assert (old.folder.root / name).stat().st_mode & 0o077 == 0, name


def test_a_second_up_on_it_is_refused_in_words(old: OldPlatform) -> None:
    second = command(old, "up", "--port", "0", "--ingest-port", "0")
    assert second.returncode == 1
    assert "已有一个 kuangan up 在运行" in second.stderr
    assert old.is_healthy(ALL)


def test_real_work_refuses_a_demonstrations_folder() -> None:
    platform = OldPlatform()
    try:
        refused = command(platform, "up", "--no-demo", "--port", "0", "--ingest-port", "0")
        assert refused.returncode == 1
        assert "是演示城市的数据" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    finally:
        platform.remove()


def test_files_of_another_account_in_the_database_are_named_with_the_remedy() -> None:
    platform = OldPlatform()
    try:
        strange = next((platform.folder.root / "postgres" / "base").glob("*/*"))
        os.chown(strange, 0, 0)
        refused = command(platform, "up", "--port", "0", "--ingest-port", "0")
        assert refused.returncode == 1
        assert f"数据库文件 {strange} 属于账号 root" in refused.stderr
        assert f"chown -R {OWN_ACCOUNT}:" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    finally:
        platform.remove()
