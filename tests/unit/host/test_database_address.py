import pytest

from kuangan.host.database.address import DatabaseAddress, database_address, parse_address, uses_embedded
from kuangan.host.errors import CannotStart


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://ann:s%40crt@db:5433/mines", DatabaseAddress("mines", "ann", "s@crt", "db", 5433)),
        ("postgres://ann@db/mines?sslmode=require", DatabaseAddress("mines", "ann", host="db", sslmode="require")),
        ("postgresql://ann@/mines?host=/run/sock", DatabaseAddress("mines", "ann", host="/run/sock")),
        (
            "postgresql:///mines?user=ann&host=/run/sock&port=5440",
            DatabaseAddress("mines", "ann", "", "/run/sock", 5440),
        ),
    ],
)
def test_reads_the_usual_spellings(url, expected):
    assert parse_address(url) == expected


@pytest.mark.parametrize(
    "address",
    [
        DatabaseAddress("mines", "ann", "p&ss w%rd", "/run/a folder", 5432),
        DatabaseAddress("mines", "ann", host="10.0.0.1", port=6432, sslmode="verify-full"),
    ],
)
def test_what_it_writes_it_reads_back(address):
    assert parse_address(address.url()) == address


@pytest.mark.parametrize("url", ["mysql://a@b/c", "postgresql://db/mines", "postgresql://ann@db", "mines"])
def test_refuses_what_names_no_postgresql_database(url):
    with pytest.raises(CannotStart, match="DATABASE_URL"):
        parse_address(url)


def test_a_refusal_keeps_the_password_to_itself():
    with pytest.raises(CannotStart, match="DATABASE_URL") as refused:
        parse_address("mysql://ann:hunter2@db/mines")
    assert "hunter2" not in str(refused.value)


def test_the_owner_has_an_address_of_its_own_when_named():
    environ = {"DATABASE_URL": "postgresql://app@db/mines", "DATABASE_OWNER_URL": "postgresql://own@db/mines"}
    assert database_address(environ=environ).user == "app"
    assert database_address(owner=True, environ=environ).user == "own"
    assert database_address(owner=True, environ={"DATABASE_URL": "postgresql://app@db/mines"}).user == "app"


def test_without_a_url_the_embedded_server_is_meant(folder):
    environ = {"KUANGAN_DATA": str(folder.root)}
    assert uses_embedded(environ)
    assert database_address(environ=environ) == DatabaseAddress(
        "kuangan", "kuangan_app", host=str(folder.root / "pgsock")
    )
    assert database_address(owner=True, environ=environ).user == "kuangan_owner"
