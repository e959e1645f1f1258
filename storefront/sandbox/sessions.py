"""Checkout Sessions: made, read, expired; how one is paid stands in payments.

Plays payment mode on the hosted page; refuses the rest of Stripe's modes in words.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from storefront.sandbox import bodies
from storefront.sandbox.call import Call, changed_metadata, check_metadata, played
from storefront.sandbox.currencies import check_currency, check_step, check_total
from storefront.sandbox.events import emit
from storefront.sandbox.store import JSON
from storefront.sandbox.wire import ApiError, refuse

SHORTEST, LONGEST = 30 * 60, 24 * 3600
DELAYED = {
    "acss_debit": "cad",
    "au_becs_debit": "aud",
    "bacs_debit": "gbp",
    "sepa_debit": "eur",
    "us_bank_account": "usd",
}
"""Methods that settle later, each with the currency it is for (docs.stripe.com/payments/payment-methods)."""

WORDS = (
    "allowed_payment_method_types", "cancel_url", "client_reference_id", "currency", "customer_email",
    "excluded_payment_method_types", "expires_at", "line_items", "metadata", "mode", "payment_intent_data",
    "success_url", "ui_mode",
)  # fmt: skip
INERT = (
    "adaptive_pricing", "allow_promotion_codes", "automatic_tax", "billing_address_collection",
    "branding_settings", "consent_collection", "custom_text", "customer_creation", "integration_identifier",
    "locale", "managed_payments", "origin_context", "payment_method_configuration", "payment_method_options",
    "phone_number_collection", "submit_type", "wallet_options",
)  # fmt: skip
OFF = ("automatic_tax", "adaptive_pricing", "managed_payments", "phone_number_collection")
INTENT_WORDS = (
    "description", "metadata", "receipt_email", "shipping", "statement_descriptor",
    "statement_descriptor_suffix",
)  # fmt: skip
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def create(call: Call) -> JSON:
    """POST /v1/checkout/sessions"""
    params = call.params
    played(params, WORDS, INERT)
    _check_mode(params)
    _check_texts(params)
    params["expires_at"] = _expiry(params.get("expires_at"), call.now)
    data = _intent_data(params.get("payment_intent_data", {}))
    items = [_item(entry, place, call.now) for place, entry in enumerate(params["line_items"])]
    currency = _one_currency(items, params.get("currency"))
    total = sum(item["amount_total"] for item in items)
    check_total(total, currency)
    body = bodies.session(amount=total, currency=currency, now=call.now, params=params)
    body["payment_method_types"] = _methods(params, currency)
    body["url"] = f"{call.origin}/pay/{body['id']}"
    shop = params.get("branding_settings", {}).get("display_name")
    call.tx.add(body, {"line_items": items, "payment_intent_data": data, "shop": shop})
    call.tx.wake(body["id"], body["expires_at"])
    return body


def retrieve(call: Call, id: str) -> JSON:
    """GET /v1/checkout/sessions/:id"""
    return call.get("checkout.session", id, param="session")


def update(call: Call, id: str) -> JSON:
    """POST /v1/checkout/sessions/:id (metadata only)"""
    played(call.params, ("metadata",))
    body = retrieve(call, id)
    body["metadata"] = changed_metadata(body["metadata"], call.params.get("metadata"))
    return call.tx.save(body)


def page(call: Call) -> JSON:
    """GET /v1/checkout/sessions"""
    where: list[tuple[str, list[Any]]] = []
    if details := call.params.get("customer_details"):
        where.append(("json_extract(body, '$.customer_details.email') = ?", [details["email"]]))
    filters = ("customer", "customer_account", "payment_intent", "payment_link", "status", "subscription")
    return call.page("checkout.session", "/v1/checkout/sessions", filters=filters, where=where)


def line_items(call: Call, id: str) -> JSON:
    """GET /v1/checkout/sessions/:id/line_items"""
    retrieve(call, id)
    listed = items_of(call, id)
    ids = [item["id"] for item in listed["data"]]
    after = call.params.get("starting_after")
    if after is not None and after not in ids:
        refuse(f"No such line item: '{after}'", param="starting_after", code="resource_missing")
    start, limit = (ids.index(after) + 1 if after else 0), call.params.get("limit", 10)
    rest = listed["data"][start:]
    return listed | {"data": rest[:limit], "has_more": len(rest) > limit}


def items_of(call: Call, id: str) -> JSON:
    """The line items of a session as Stripe's list object."""
    items = call.tx.notes(id)["line_items"]
    return {
        "object": "list",
        "data": items,
        "has_more": False,
        "url": f"/v1/checkout/sessions/{id}/line_items",
    }


def expire(call: Call, id: str) -> JSON:
    """POST /v1/checkout/sessions/:id/expire"""
    body = retrieve(call, id)
    if body["status"] != "open":
        refuse(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of {body['status']}.",
            param="session",
        )
    return let_expire(call, body)


def let_expire(call: Call, body: JSON) -> JSON:
    """The end of an open session: nobody can pay it any more."""
    call.tx.wake(body["id"], None)
    body |= {"status": "expired", "url": None}
    call.tx.save(body)
    if body["payment_intent"]:
        intent = call.get("payment_intent", body["payment_intent"])
        intent |= {
            "status": "canceled",
            "canceled_at": call.now,
            "cancellation_reason": "expired",
            "next_action": None,
        }
        call.tx.save(intent)
        emit(call, "payment_intent.canceled", intent)
    emit(call, "checkout.session.expired", body)
    return body


def _check_mode(params: JSON) -> None:
    if "mode" not in params:
        refuse("Missing required param: mode.", param="mode", code="parameter_missing")
    if params["mode"] != "payment":
        raise ApiError(f"The sandbox does not play mode={params['mode']}.", param="mode", kept=False)
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise ApiError(f"The sandbox does not play ui_mode={params['ui_mode']}.", param="ui_mode", kept=False)
    for name in ("success_url", "line_items"):
        if not params.get(name):
            refuse(f"Missing required param: {name}.", param=name, code="parameter_missing")
    if len(params["line_items"]) > 100:
        refuse("The maximum number of line items is 100.", param="line_items")
    for name in OFF:
        if params.get(name, {}).get("enabled"):
            raise ApiError(f"The sandbox does not play {name}[enabled]=true.", param=name, kept=False)


def _check_texts(params: JSON) -> None:
    for name in ("success_url", "cancel_url"):
        if name in params and not _is_url(params[name]):
            refuse("Not a valid URL", param=name, code="url_invalid")
    email = params.get("customer_email")
    if email is not None and not (EMAIL.fullmatch(email) and len(email) <= 512):
        refuse(f"Invalid email address: {email}", param="customer_email", code="email_invalid")
    if len(params.get("client_reference_id", "")) > 200:
        refuse(
            "Invalid string: client_reference_id must be at most 200 characters", param="client_reference_id"
        )
    params["metadata"] = check_metadata(params.get("metadata"))


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and len(text) <= 5000
    except ValueError:
        return False


def _expiry(asked: int | None, now: int) -> int:
    if asked is None:
        return now + LONGEST
    # Stripe allows for the seconds that a request takes to arrive.
    if asked < now + SHORTEST - 10:
        refuse("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
               param="expires_at")  # fmt: skip
    if asked > now + LONGEST + 10:
        refuse("The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
               param="expires_at")  # fmt: skip
    return asked


def _intent_data(data: JSON) -> JSON:
    for name in data:
        if name not in INTENT_WORDS:
            where = f"payment_intent_data[{name}]"
            raise ApiError(f"The sandbox does not play {where}.", param=where, kept=False)
    return data | {"metadata": check_metadata(data.get("metadata"), param="payment_intent_data[metadata]")}


def _item(entry: JSON, place: int, now: int) -> JSON:
    where = f"line_items[{place}]"
    if "price" in entry:
        refuse(f"No such price: '{entry['price']}'", param=f"{where}[price]", code="resource_missing")
    for name in entry:
        if name not in ("price_data", "quantity", "metadata"):
            raise ApiError(
                f"The sandbox does not play {where}[{name}].", param=f"{where}[{name}]", kept=False
            )
    data, quantity = entry.get("price_data"), entry.get("quantity")
    if data is None:
        refuse(f"You must specify either `price` or `price_data` for {where}.", param=where)
    if quantity is None or quantity < 1:
        refuse(
            "Quantity is required. Add `quantity` to the line item, at least 1.", param=f"{where}[quantity]"
        )
    price = _price_data(data, f"{where}[price_data]")
    return bodies.line_item(price_data=price, quantity=quantity, metadata=entry.get("metadata"), now=now)


def _price_data(data: JSON, where: str) -> JSON:
    for name in ("recurring", "product", "unit_amount_decimal"):
        if name in data:
            raise ApiError(
                f"The sandbox does not play {where}[{name}].", param=f"{where}[{name}]", kept=False
            )
    for name in ("product_data", "unit_amount"):
        if name not in data:
            refuse(
                f"Missing required param: {where}[{name}].",
                param=f"{where}[{name}]",
                code="parameter_missing",
            )
    if data["unit_amount"] < 0:
        refuse(
            "Invalid non-negative integer", param=f"{where}[unit_amount]", code="parameter_invalid_integer"
        )
    currency = check_currency(data["currency"], param=f"{where}[currency]")
    check_step(data["unit_amount"], currency, param=f"{where}[unit_amount]")
    return data | {"currency": currency}


def _one_currency(items: list[JSON], named: str | None) -> str:
    currencies = {item["currency"] for item in items} | ({named.lower()} if named else set())
    if len(currencies) > 1:
        refuse("The Checkout Session's line items must all be in one currency.", param="line_items")
    currency: str = items[0]["currency"]
    return currency


def _methods(params: JSON, currency: str) -> list[str]:
    # A session that names none gets all that the account has: as at Stripe, where the dashboard says which.
    wanted = params.get("allowed_payment_method_types") or ["card", *DELAYED]
    excluded = params.get("excluded_payment_method_types") or []
    eligible = [
        name for name in wanted if name not in excluded and (name == "card" or DELAYED.get(name) == currency)
    ]
    if not eligible:
        refuse(
            "No valid payment method types for this Checkout Session.", param="allowed_payment_method_types"
        )
    return eligible
