import os
import subprocess
import sys

from django.conf import settings
from django.db import connection

from kuangan.host.database.address import DatabaseAddress
from kuangan.site.settings import database


def test_the_law_of_moments_and_words():
    assert settings.USE_TZ
    assert settings.TIME_ZONE == "Asia/Shanghai"
    assert settings.LANGUAGE_CODE == "zh-hans"


def test_there_is_no_admin_and_no_generic_foreign_key():
    assert not {"django.contrib.admin", "django.contrib.contenttypes"} & set(settings.INSTALLED_APPS)


def test_a_question_to_the_database_has_an_end():
    entry = database(DatabaseAddress("mines", "ann", "pw", "db", 5433, "require"))
    assert entry["OPTIONS"]["sslmode"] == "require"
    assert "statement_timeout=30000" in entry["OPTIONS"]["options"]
    assert (entry["NAME"], entry["USER"], entry["HOST"], entry["PORT"]) == ("mines", "ann", "db", "5433")


def test_tests_work_as_the_application_role_which_owns_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


def told(tmp_path, **variables):
    """(Secure cookies for sessions and forms, seconds of HSTS, whether it is a demonstration) of a process of its own."""
    code = (
        "from kuangan.site import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.SECURE_HSTS_SECONDS, s.DEMONSTRATION)"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("KUANGAN_")}
    environ |= {"KUANGAN_DATA": str(tmp_path)} | variables
    return subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    ).stdout.split()


def test_behind_a_tls_proxy_cookies_are_secure_also_on_a_loopback_address(tmp_path):
    month = str(30 * 24 * 3600)
    assert told(tmp_path, KUANGAN_PLAIN_HTTP="1") == ["False", "False", "0", "False"]
    assert told(tmp_path, KUANGAN_PLAIN_HTTP="1", KUANGAN_BEHIND_PROXY="1") == ["True", "True", month, "False"]
    assert told(tmp_path) == ["True", "True", month, "False"]


def test_a_process_of_real_work_is_no_demonstration_whatever_lies_in_its_folder(tmp_path):
    (tmp_path / "demo.json").write_text("{}")
    assert told(tmp_path)[-1] == "True"
    assert told(tmp_path, KUANGAN_DEMO="0")[-1] == "False"
