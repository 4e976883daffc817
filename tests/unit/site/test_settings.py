from django.conf import settings
from django.db import connection

from kuangan.host.database_address import DatabaseAddress
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
