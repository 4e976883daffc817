"""Which migrations this version has, and which of them a database lacks; known without Django, since every start asks."""

from pathlib import Path

import psycopg

from kuangan.host.database.address import DatabaseAddress

PACKAGE = Path(__file__).parents[2]


def written() -> set[tuple[str, str]]:
    """Our own migrations as (package, name), as Django records them."""
    return {(place.parent.parent.name, place.stem) for place in PACKAGE.glob("*/migrations/[0-9]*.py")}


def is_empty(owner: DatabaseAddress) -> bool:
    """Whether no migration ever ran in the database."""
    with psycopg.connect(owner.url()) as connection:
        return connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,)


def missing(owner: DatabaseAddress) -> set[tuple[str, str]]:
    """Our migrations that the database has not; everything for an empty one (`sessions` stands for Django's own)."""
    wanted = written() | {("sessions", "0001_initial")}
    if is_empty(owner):
        return wanted
    have = set(recorded(owner))
    return {(package, name) for package, name in wanted if f"{package}.{name}" not in have}


def recorded(owner: DatabaseAddress) -> list[str]:
    """The migrations that ran in the database, each as `package.name`."""
    with psycopg.connect(owner.url()) as connection:
        names = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [name for (name,) in names]


def newer_than_ours(names: list[str]) -> str | None:
    """The newest migration of one of our packages, among those recorded elsewhere, that this version does not have."""
    ours = {f"{package}.{name}" for package, name in written()}
    packages = {package for package, _ in written()}
    newest = {name.split(".", 1)[0]: name for name in sorted(names) if name.split(".", 1)[0] in packages}
    return next((name for name in newest.values() if name not in ours), None)
