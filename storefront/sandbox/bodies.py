"""The bodies of Stripe's objects as they are born: every field that Stripe sends, most of them null.

The fields stand in `shapes/*.json`; what a new object knows of itself is filled in here.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from storefront.sandbox.call import new_id
from storefront.sandbox.store import JSON

SHAPES = Path(__file__).parent / "shapes"
COPIED = (
    "adaptive_pricing",
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer_creation",
    "customer_email",
    "expires_at",
    "integration_identifier",
    "locale",
    "metadata",
    "origin_context",
    "payment_method_options",
    "submit_type",
    "success_url",
)
FROM_INTENT = (
    "amount", "currency", "description", "metadata", "payment_method", "receipt_email", "shipping",
    "statement_descriptor", "statement_descriptor_suffix",
)  # fmt: skip


@cache
def _shape(name: str) -> str:
    return (SHAPES / f"{name}.json").read_text(encoding="utf-8")


def born(shape: str, **facts: Any) -> JSON:
    """A body of this shape with the given facts; a fact must be a field of the shape."""
    body: JSON = json.loads(_shape(shape))
    strange = facts.keys() - body.keys()
    if strange:
        raise KeyError(f"{shape} has no field {', '.join(sorted(strange))}")
    return body | facts


def line_item(*, price_data: JSON, quantity: int, metadata: JSON | None, now: int) -> JSON:
    """A Checkout line item with its one-time price, from checked `price_data`."""
    unit, currency = price_data["unit_amount"], price_data["currency"]
    product = price_data["product_data"]
    item = born(
        "item",
        id=new_id("li"),
        amount_subtotal=unit * quantity,
        amount_total=unit * quantity,
        currency=currency,
        description=product["name"],
        metadata=metadata,
        quantity=quantity,
    )
    item["price"] |= {
        "id": new_id("price"),
        "created": now,
        "currency": currency,
        "product": new_id("prod", 14),
        "tax_behavior": price_data.get("tax_behavior", "unspecified"),
        "unit_amount": unit,
        "unit_amount_decimal": str(unit),
    }
    return item


def session(*, amount: int, currency: str, now: int, params: JSON) -> JSON:
    """An open Checkout Session in payment mode; `params` are checked and fit for it."""
    body = born(
        "checkout.session",
        id=new_id("cs_test", 58),
        amount_subtotal=amount,
        amount_total=amount,
        created=now,
        currency=currency,
        expires_at=now + 86_400,
    )
    body |= {name: params[name] for name in COPIED if name in params}
    body["custom_text"] |= params.get("custom_text", {})
    if body["customer_email"]:
        body["customer_details"] = payer(email=body["customer_email"])
    return body


def payer(*, email: str, name: str | None = None) -> JSON:
    """`customer_details` of a session: who pays, as far as it is known."""
    return born("customer_details", email=email, name=name)


def intent(session: JSON, *, now: int, data: JSON) -> JSON:
    """The PaymentIntent of a session whose page was submitted; `data` is its `payment_intent_data`."""
    id = new_id("pi")
    return born(
        "payment_intent",
        id=id,
        amount=session["amount_total"],
        client_secret=f"{id}_secret_{new_id('s', 25)[2:]}",
        created=now,
        currency=session["currency"],
        payment_method_types=session["payment_method_types"],
        **data,
    )


def charge(intent: JSON, *, now: int, payer: JSON, method: JSON) -> JSON:
    """A charge of the whole intent, not yet decided; the caller sets what became of it."""
    facts = {name: intent[name] for name in FROM_INTENT}
    body = born(
        "charge",
        id=new_id("ch"),
        created=now,
        payment_intent=intent["id"],
        payment_method_details=method,
        **facts,
    )
    body["billing_details"] |= {"email": payer["email"], "name": payer["name"]}
    return body


def card(*, last4: str, secure: str | None = None) -> JSON:
    """The card a charge was made with; `secure` is the result of 3-D Secure, if it was asked for."""
    body = born("card")
    body["card"]["last4"] = last4
    if secure:
        body["card"]["three_d_secure"] = {
            "authentication_flow": "challenge",
            "electronic_commerce_indicator": "05",
            "exemption_indicator": None,
            "result": secure,
            "result_reason": None,
            "transaction_id": new_id("tds"),
            "version": "2.2.0",
        }
    return body


def refund(charge: JSON, *, amount: int, now: int, reason: str | None, metadata: JSON) -> JSON:
    """A refund of part of a charge, on its way."""
    return born(
        "refund",
        id=new_id("re"),
        amount=amount,
        charge=charge["id"],
        created=now,
        currency=charge["currency"],
        metadata=metadata,
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=reason,
    )


def balance_transaction(source: JSON, *, type: str, amount: int, fee: int, now: int, why: str) -> JSON:
    """A movement of the balance; `amount` is signed, `fee` is taken from it, both in Stripe's units."""
    currency = source["currency"]
    detail = {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": why,
        "type": "stripe_fee",
    }
    return born(
        "balance_transaction",
        id=new_id("txn"),
        amount=amount,
        available_on=now,
        created=now,
        currency=currency,
        description=source.get("description"),
        fee=fee,
        fee_details=[detail] if fee else [],
        net=amount - fee,
        reporting_category={"adjustment": "dispute", "refund_failure": "refund_failure"}.get(type, type),
        source=source["id"],
        type=type,
    )
