"""The blueprint that the pages of the newsletter are registered on.

Knows its name and what every address may hold; refuses to know its pages, which import it.
"""

from typing import Any

from flask import Blueprint, abort

blueprint = Blueprint("newsletter", __name__, url_prefix="/newsletter")


@blueprint.url_value_preprocessor
def refuse_unprintable(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """404 for addresses with control characters: nothing is called so, and PostgreSQL has no NUL in texts."""
    if any(isinstance(value, str) and not value.isprintable() for value in (values or {}).values()):
        abort(404)
