"""The pictures themselves, under names that never mean anything else.

Knows how a file is answered; refuses to know where it is shown.
"""

from flask import Blueprint, Response, abort, request

from storefront.pictures.storage import MIMETYPES, is_name, storage
from storefront.web import open_to

blueprint = Blueprint("pictures", __name__)


@blueprint.get("/pictures/<name>")
@open_to("everyone")
def show(name: str) -> Response:
    """One file. It may be kept for ever: another picture has another name."""
    if not is_name(name):
        abort(404)
    try:
        with storage().open(name) as file:
            content = file.read()
    except FileNotFoundError:
        abort(404)
    response = Response(content, mimetype=MIMETYPES[name.rpartition(".")[2]])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.set_etag(name)
    response.make_conditional(request)
    return response
