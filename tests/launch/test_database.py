"""What a start may skip, and the copy that is kept before a migration.

Knows SQLite's file as `launch.database` reads it, and checks that against Alembic and the shop's own tables.
"""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from launch import database
from launch.environment import ROOT


def a_database(file: Path, *statements: str) -> str:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return f"sqlite:///{file}"


def at_revision(name: str) -> tuple[str, str]:
    return (
        "CREATE TABLE alembic_version (version_num TEXT)",
        f"INSERT INTO alembic_version VALUES ('{name}')",
    )


def test_the_newest_revisions_are_those_that_alembic_sees() -> None:
    heads = ScriptDirectory(str(ROOT / "migrations")).get_heads()

    assert heads
    assert database.newest_revisions() == set(heads)


def test_a_revision_that_two_follow_is_not_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "a.py").write_text("revision: str = 'aa'\ndown_revision: str | None = None\n")
    (versions / "b.py").write_text('revision = "bb"\ndown_revision = "aa"\n')
    (versions / "c.py").write_text('revision = "cc"\ndown_revision = "aa"\n')
    monkeypatch.setattr(database, "ROOT", tmp_path)

    assert database.newest_revisions() == {"bb", "cc"}

    (versions / "d.py").write_text('revision = "dd"\ndown_revision: tuple[str, ...] = ("bb", "cc")\n')
    assert database.newest_revisions() == {"dd"}


def test_a_migrated_database_with_goods_needs_nothing(tmp_path: Path) -> None:
    (newest,) = database.newest_revisions()
    url = a_database(
        tmp_path / "shop.db",
        *at_revision(newest),
        "CREATE TABLE product (id)",
        "INSERT INTO product VALUES (1)",
    )

    assert database.is_current(url)
    assert database.has_goods(url)


@pytest.mark.parametrize("statements", [(), at_revision("0ld"), ("CREATE TABLE product (id)",)])
def test_anything_else_needs_both(statements: tuple[str, ...], tmp_path: Path) -> None:
    url = a_database(tmp_path / "shop.db", *statements)

    assert not database.is_current(url)
    assert not database.has_goods(url)


@pytest.mark.parametrize("url", ["sqlite:////nonexistent/shop.db", "postgresql://127.0.0.1/shop"])
def test_what_cannot_be_looked_into_is_left_to_the_commands(url: str) -> None:
    assert not database.is_current(url)
    assert not database.has_goods(url)


def test_the_goods_are_looked_for_where_the_shop_keeps_them() -> None:
    from storefront.catalogue.models import Product

    assert Product.__tablename__ == "product"


def test_a_backup_holds_what_was_committed_while_the_file_is_in_use(tmp_path: Path) -> None:
    url = a_database(tmp_path / "shop.db", "PRAGMA journal_mode=WAL", "CREATE TABLE kept (word)")
    with closing(sqlite3.connect(tmp_path / "shop.db")) as in_use:
        in_use.execute("INSERT INTO kept VALUES ('committed')")
        in_use.commit()
        in_use.execute("INSERT INTO kept VALUES ('under way')")

        copy = database.back_up(url, into=tmp_path / "backups")

    assert copy is not None
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("committed",)]


def test_where_there_is_nothing_yet_nothing_is_backed_up(tmp_path: Path) -> None:
    assert database.back_up(f"sqlite:///{tmp_path}/shop.db", into=tmp_path / "backups") is None
    assert not (tmp_path / "backups").exists()
