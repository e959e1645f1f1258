"""The tables that migrations make are the tables that models declare, on both engines."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from storefront.cli.upgrading import default_differs, upgrade
from storefront.database import db, is_postgresql, session


def _is_compared(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    return not (kind == "table" and (name or "").startswith("search_"))


def test_the_migrations_make_what_the_models_declare(inside: Flask) -> None:
    words = {"compare_type": True, "compare_server_default": default_differs, "include_object": _is_compared}

    with db.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts=words), db.metadata)

    assert found == []


def test_every_check_that_a_model_declares_stands_in_the_database(inside: Flask) -> None:
    inspector = sa.inspect(db.engine)
    declared, standing = set(), set()
    for table in db.metadata.sorted_tables:
        declared |= {
            (table.name, str(each.name))
            for each in table.constraints
            if isinstance(each, sa.CheckConstraint) and each.name
        }
        standing |= {(table.name, each["name"]) for each in inspector.get_check_constraints(table.name)}

    assert declared
    assert declared <= standing


def test_every_foreign_key_is_enforced(inside: Flask) -> None:
    inspector = sa.inspect(db.engine)

    declared = {
        (table.name, tuple(key.column_keys), key.referred_table.name)
        for table in db.metadata.sorted_tables
        for key in table.foreign_key_constraints
    }
    standing = {
        (table.name, tuple(key["constrained_columns"]), key["referred_table"])
        for table in db.metadata.sorted_tables
        for key in inspector.get_foreign_keys(table.name)
    }
    assert declared == standing
    assert is_postgresql() or session().scalar(sa.text("PRAGMA foreign_keys")) == 1


def test_a_second_upgrade_changes_nothing(inside: Flask) -> None:
    tables = sa.inspect(db.engine).get_table_names()
    before = {name: session().scalar(sa.text(f'SELECT count(*) FROM "{name}"')) for name in tables}
    session().remove()

    upgrade(inside)

    after = {name: session().scalar(sa.text(f'SELECT count(*) FROM "{name}"')) for name in tables}
    assert sorted(sa.inspect(db.engine).get_table_names()) == sorted(tables)
    assert after == before
