"""PaymentIntents and charges as the API shows them; they are made in payments."""

from storefront.sandbox.call import Call, changed_metadata, played
from storefront.sandbox.store import JSON


def retrieve_intent(call: Call, id: str) -> JSON:
    """GET /v1/payment_intents/:id"""
    played(call.params, ())
    return call.get("payment_intent", id, param="intent")


def update_intent(call: Call, id: str) -> JSON:
    """POST /v1/payment_intents/:id (metadata and description only)"""
    return _updated(call, call.get("payment_intent", id, param="intent"))


def list_intents(call: Call) -> JSON:
    """GET /v1/payment_intents"""
    return call.page("payment_intent", "/v1/payment_intents", filters=("customer", "customer_account"))


def retrieve_charge(call: Call, id: str) -> JSON:
    """GET /v1/charges/:id"""
    return call.get("charge", id, param="id")


def update_charge(call: Call, id: str) -> JSON:
    """POST /v1/charges/:id (metadata and description only)"""
    return _updated(call, call.get("charge", id))


def list_charges(call: Call) -> JSON:
    """GET /v1/charges"""
    return call.page("charge", "/v1/charges", filters=("customer", "payment_intent", "transfer_group"))


def _updated(call: Call, body: JSON) -> JSON:
    played(call.params, ("metadata", "description"))
    body["metadata"] = changed_metadata(body["metadata"], call.params.get("metadata"))
    body["description"] = call.params.get("description", body["description"])
    return call.tx.save(body)
