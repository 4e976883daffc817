"""The database's own refusal to change the audit trail: missing rights for the application role, and a trigger for everybody."""

from django.db.backends.base.base import BaseDatabaseWrapper

PROTECTED_TABLES = ("core_event", "core_eventhead")

REFUSING_FUNCTION = """
CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege', HINT = 'append a correcting event instead';
END $$
"""


def revoke_changes(connection: BaseDatabaseWrapper, role: str) -> bool:
    """Take UPDATE, DELETE and TRUNCATE on the trail from `role`; call again after rights were granted on all tables.

    False when there is no such role, or when it owns the tables (one role for everything): then only the trigger
    and the chain protect them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            return False
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE tablename = ANY(%s) AND tableowner = %s", [[*PROTECTED_TABLES], role]
        )
        if cursor.fetchone() != (0,):
            return False
        for table in PROTECTED_TABLES:
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {connection.ops.quote_name(role)}, PUBLIC")
    return True


def refuse_changes(connection: BaseDatabaseWrapper) -> None:
    """Put the refusing triggers on the trail; they stop the owner and a superuser too."""
    with connection.cursor() as cursor:
        cursor.execute(REFUSING_FUNCTION)
        for table in PROTECTED_TABLES:
            cursor.execute(
                f"CREATE TRIGGER {table}_refuse_row BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION core_refuse_change()"
            )
            cursor.execute(
                f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change()"
            )


STAMPING_FUNCTION = """
CREATE OR REPLACE FUNCTION core_stamp_insertion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.inserted_at := clock_timestamp();
    RETURN NEW;
END $$
"""


def stamp_insertions(connection: BaseDatabaseWrapper) -> None:
    """Let the database itself note when an event was inserted, so that no writer can date one back unseen."""
    with connection.cursor() as cursor:
        cursor.execute(STAMPING_FUNCTION)
        cursor.execute(
            "CREATE TRIGGER core_event_stamp BEFORE INSERT ON core_event"
            " FOR EACH ROW EXECUTE FUNCTION core_stamp_insertion()"
        )


def unstamp_insertions(connection: BaseDatabaseWrapper) -> None:
    """Take the stamp off again, for undoing the migration."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER core_event_stamp ON core_event")
        cursor.execute("DROP FUNCTION core_stamp_insertion()")


def allow_changes(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers off again, for undoing the migration."""
    with connection.cursor() as cursor:
        for table in PROTECTED_TABLES:
            cursor.execute(f"DROP TRIGGER {table}_refuse_row ON {table}")
            cursor.execute(f"DROP TRIGGER {table}_refuse_truncate ON {table}")
        cursor.execute("DROP FUNCTION core_refuse_change()")
