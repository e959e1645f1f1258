"""A shop for the machine, on the engine that the test runs on.

Knows how it is opened; refuses to know what happens to it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import PostgresqlTemplate
from tests.proof.shop import SETTINGS, ProofShop
from tests.servers.stripe import StripeStandIn


@pytest.fixture
def proof_shop(
    engine: str,
    make_app: Callable[..., Flask],
    sandbox: StripeStandIn,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[ProofShop]:
    """A furnished shop with its sandbox, which begins anew as often as it is told."""
    app = make_app(**sandbox.settings, **SETTINGS)
    sandbox.shop = app
    if engine == "sqlite":
        yield ProofShop(app, sandbox, anew=lambda: None, file=tmp_path / "shop.db")
    else:
        template: PostgresqlTemplate = request.getfixturevalue("postgresql_template")
        yield ProofShop(app, sandbox, anew=lambda: template.fresh(tmp_path), file=None)
