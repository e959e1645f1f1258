"""What the database still needs before the shop opens: a migration, a backup before it, the first goods.

Knows SQLite's file well enough to skip what is not needed; every other engine is left to the commands.
"""

import os
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from launch.environment import ROOT

_REVISION = re.compile(r"^revision(?:: str)? = ['\"](\w+)['\"]", re.MULTILINE)
_PARENTS = re.compile(r"^down_revision(?:: [^=]+)? = (.+)$", re.MULTILINE)


def sqlite_file(url: str) -> Path | None:
    """The file behind `sqlite:///path`, relative paths from the project's folder; None for other engines."""
    name = url.removeprefix("sqlite:///").partition("?")[0]
    return ROOT / name if url.startswith("sqlite:///") and name else None


def is_current(url: str) -> bool:
    """Whether every migration has run; False where only the command can tell."""
    file = sqlite_file(url)
    if file is None or not file.exists():
        return False
    return set(_column(file, "SELECT version_num FROM alembic_version")) == newest_revisions()


def newest_revisions() -> set[str]:
    """The revisions in `migrations/versions` that no other one follows, read without running them."""
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "migrations" / "versions").glob("*.py")]
    known = {found[1] for text in texts if (found := _REVISION.search(text))}
    followed = {
        name for text in texts if (found := _PARENTS.search(text)) for name in re.findall(r"\w+", found[1])
    }
    return known - followed


def has_goods(url: str) -> bool:
    """Whether there is a product already; False where only the command can tell."""
    file = sqlite_file(url)
    return file is not None and file.exists() and bool(_column(file, "SELECT 1 FROM product LIMIT 1"))


def back_up(url: str, *, into: Path) -> Path | None:
    """Copy the SQLite file, whole even while in use, into the folder `into`; None where there is none."""
    file = sqlite_file(url)
    if file is None or not file.exists() or not file.stat().st_size:
        return None
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = into / f"{file.stem}-{datetime.now(tz=UTC):%Y%m%dT%H%M%S}Z.db"
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def _column(file: Path, query: str) -> list[str]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
        try:
            return [row[0] for row in connection.execute(query)]
        except sqlite3.OperationalError:
            return []
