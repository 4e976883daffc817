"""Rows that the database refuses: triggers of the test database that answer to a setting of the running transaction."""

from collections.abc import Callable

import psycopg
from django.db import connection
from psycopg import sql

from kuangan.host.database.address import database_address

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted text := current_setting('poison.' || TG_TABLE_NAME, true);
    code text := coalesce(nullif(current_setting('poison.code', true), ''), '22000');
BEGIN
    IF wanted <> '' AND to_jsonb(NEW)::text ~ ALL (string_to_array(wanted, '&&')) THEN
        RAISE EXCEPTION 'poisoned row' USING ERRCODE = code;
    END IF;
    RETURN NEW;
END $$
"""
_TRIGGER = (
    "CREATE OR REPLACE TRIGGER poison BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION refuse_poison()"
)
TABLES = (
    "casework_case",
    "casework_casecheck",
    "casework_caseclock",
    "casework_finding",
    "core_call",
    "core_delivery",
    "core_notice",
    "duty_duty",
    "duty_fulfilment",
    "duty_urge",
    "flow_rulestate",
    "ledger_entry",
    "sample_sample",
    "mine_point",
    "mine_pointdefinition",
    "monitor_declaration",
    "monitor_episode",
    "monitor_feedfile",
    "monitor_liverow",
    "monitor_silence",
    "office_presencecheck",
    "office_return",
)

Poison = Callable[..., None]


def make_refusable(database: str) -> None:
    """Let the tables of a test database refuse what :func:`refuse` names."""
    address = database_address(owner=True).named(database)
    with psycopg.connect(address.url(), autocommit=True) as owner:
        owner.execute(_FUNCTION)
        for table in TABLES:
            owner.execute(sql.SQL(_TRIGGER).format(sql.Identifier(table)))


def refuse(table: str, *patterns: str) -> None:
    """Until the transaction ends, rows of the table whose JSON matches all patterns are refused; none: no row.

    They are refused with SQLSTATE 22000, or with what ``refuse("code", …)`` names.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [f"poison.{table}", "&&".join(patterns)])
