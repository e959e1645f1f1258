"""The blueprint that all staff pages are registered on.

Knows their common address and what every one of them answers with; refuses to know its pages, which import it.
"""

from flask import Blueprint, Response, abort, request

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


@blueprint.before_request
def refuse_unprintable() -> None:
    """404 for addresses with control characters: nothing is called so, and PostgreSQL has no NUL in texts.

    After the door, which is asked first: to strangers every address here looks the same.
    """
    values = (request.view_args or {}).values()
    if any(isinstance(value, str) and not value.isprintable() for value in values):
        abort(404)


@blueprint.after_request
def keep_nothing(response: Response) -> Response:
    """No cache keeps a staff page, and no search engine lists one."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
