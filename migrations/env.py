"""How migrations run: on their own connection, in one transaction, on either engine.

On SQLite foreign keys are off while tables are rebuilt (a rebuild with them on deletes all child rows), which
must be said before BEGIN, and are checked before the commit.
"""

import sqlalchemy as sa
from alembic import context
from flask import current_app

from storefront.cli.upgrading import default_differs
from storefront.database import db


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """Search tables are made by their own statements and compared with nothing."""
    return not (kind == "table" and (name or "").startswith("search_"))


def _configure(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_object=_is_ours,
        compare_type=True,
        compare_server_default=default_differs,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
        transactional_ddl=True,
    )


def _run_on_sqlite(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        _configure(connection)
        context.run_migrations()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            connection.rollback()
            raise RuntimeError(f"the migration would break references: {broken[:5]}")
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _run_on_postgresql(engine: sa.Engine) -> None:
    with engine.connect() as connection, connection.begin():
        # Two machines that start at once: the second waits, then finds nothing to do.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(727374)"))
        _configure(connection)
        context.run_migrations()


_engine = sa.create_engine(db.engine.url, **current_app.config["MIGRATION_ENGINE_OPTIONS"])
try:
    if _engine.dialect.name == "sqlite":
        _run_on_sqlite(_engine)
    else:
        _run_on_postgresql(_engine)
finally:
    _engine.dispose()
