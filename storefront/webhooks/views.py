"""Where Stripe sends its events.

Checks size and signature before anything is parsed; answers fast, because the work is a job.
"""

from flask import Blueprint, Response, abort, request

from storefront.payments.gateway import Forged
from storefront.web import open_to
from storefront.webhooks.events import receive_event

MOST_BYTES = 256 * 1024

blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/webhooks/stripe")
@open_to("stripe")
def stripe() -> Response:
    """204 for what is kept (new or known); 400 for what Stripe did not sign; 413 for what is too long to be it."""
    request.max_content_length = MOST_BYTES
    payload = request.get_data()
    if len(payload) > MOST_BYTES:
        abort(413)
    try:
        receive_event(payload, signature=request.headers.get("Stripe-Signature", ""))
    except Forged:
        return Response("not signed by Stripe for this shop\n", status=400, mimetype="text/plain")
    return Response(status=204)
