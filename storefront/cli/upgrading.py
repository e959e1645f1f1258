"""The database behind `storefront db upgrade`: its tables brought to this version, a policy to sell under, a lexicon.

Knows Alembic, which nothing else needs; refuses to know any table.
"""

from typing import Any

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from storefront.claims.words import ensure_lexicon, ensure_read
from storefront.config import ROOT, settings
from storefront.database import db, transaction
from storefront.policies.steps import ensure_default, ensure_held


def upgrade(app: Flask) -> None:
    """Run the migrations that are missing, publish the first policy and write the first lexicon unless one
    stands, and let texts be looked at as this release reads them. May be run again."""
    flask_migrate.Migrate(app, db, directory=str(ROOT / "migrations"))
    flask_migrate.upgrade()
    with transaction():
        ensure_default(settings().currency)
        ensure_lexicon()
        ensure_held()
        ensure_read()


def default_differs(
    _context: Any, _standing: Any, column: Any, was: str | None, _default: Any, wanted: str | None
) -> bool | None:
    """Whether a column's default is another than its model's; None leaves the question to Alembic.

    It would ask PostgreSQL whether two JSON values are equal, which `json` cannot say: their texts are compared.
    """
    if not isinstance(column.type, sa.JSON):
        return None
    return _text(was) != _text(wanted)


def _text(default: str | None) -> str | None:
    return None if default is None else default.removesuffix("::json").strip("'()")
