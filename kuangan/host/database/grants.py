"""What the application role may do with the owner's tables."""

import psycopg
from psycopg import sql

STATEMENTS = (
    "GRANT USAGE ON SCHEMA public TO {}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
)


def grant_application_role(connection: psycopg.Connection, role: str) -> None:
    """Let `role` read and write the rows of tables that the connection's role makes from now on.

    Run it once, before the first migration: what a later migration takes away (the audit trail's UPDATE, DELETE and
    TRUNCATE) stays taken away. Does nothing where the grants exist, or when one role does both.
    """
    if connection.info.user == role or _granted(connection, role):
        return
    for statement in STATEMENTS:
        connection.execute(sql.SQL(statement).format(sql.Identifier(role)))


def _granted(connection: psycopg.Connection, role: str) -> bool:
    default = connection.execute(
        "SELECT 1 FROM pg_default_acl d, aclexplode(d.defaclacl) a JOIN pg_roles g ON g.oid = a.grantee"
        " WHERE d.defaclrole = current_user::regrole AND d.defaclobjtype = 'r' AND g.rolname = %s",
        [role],
    )
    return default.fetchone() is not None
