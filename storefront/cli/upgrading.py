"""The database behind `storefront db upgrade`: its tables brought to this version, a policy to sell under, a lexicon.

Knows Alembic, which nothing else needs; refuses to know any table.
"""

import flask_migrate
from flask import Flask

from storefront.claims.words import ensure_lexicon
from storefront.config import ROOT, settings
from storefront.database import db, transaction
from storefront.policies.steps import ensure_default, ensure_held


def upgrade(app: Flask) -> None:
    """Run the migrations that are missing, and publish the first policy and write the first lexicon
    unless one stands. May be run again."""
    flask_migrate.Migrate(app, db, directory=str(ROOT / "migrations"))
    flask_migrate.upgrade()
    with transaction():
        ensure_default(settings().currency)
        ensure_lexicon()
        ensure_held()
