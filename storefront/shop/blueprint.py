"""The blueprint that all pages of this room are registered on.

Knows its name and which addresses cannot be anybody's; refuses to know its pages, which import it.
"""

from typing import Any

from flask import Blueprint, abort

blueprint = Blueprint("shop", __name__)


@blueprint.url_value_preprocessor
def refuse_unprintable(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """404 for addresses with control characters: nothing is called so, and PostgreSQL has no NUL in texts."""
    if any(isinstance(value, str) and not value.isprintable() for value in (values or {}).values()):
        abort(404)
