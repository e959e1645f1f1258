"""Tables whose rows are never changed or deleted.

Knows the triggers that enforce it on either engine; refuses to make them: the migrations do.
"""

from collections.abc import Mapping

_append_only: dict[str, str] = {}


def append_only(table: str, *, why: str) -> None:
    """Declare that rows of `table` are never changed or deleted; the migrations' triggers enforce it."""
    _append_only[table] = why


def append_only_tables() -> Mapping[str, str]:
    """Table names declared append-only, with the reason for each."""
    return dict(_append_only)


def trigger_statements(table: str, *, dialect: str) -> list[str]:
    """The DDL that makes `table` refuse UPDATE, DELETE (and SQLite's REPLACE, through recursive_triggers)."""
    message = f"{table} is append-only"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]
