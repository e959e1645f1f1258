"""A copy of what is known, for people and for machines.

Knows titles, order and file format; refuses to read anything: the copy is handed in.
"""

import json
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_babel import gettext as _

from storefront.privacy.queries import Copy


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table: names and values as texts."""

    title: str
    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class CopyShown:
    """What `templates/privacy/_copy.html` calls `copy`."""

    email: str
    sections: tuple[Section, ...]


def shown(copy: Copy) -> CopyShown:
    """The copy as a page tells it: what is empty is left out."""
    titles = _titles()
    return CopyShown(
        copy.email,
        tuple(
            Section(
                titles.get(name, name.replace("_", " ").capitalize()),
                tuple(tuple(_told(row)) for row in rows),
            )
            for name, rows in copy.tables.items()
        ),
    )


def as_file(copy: Copy) -> Response:
    """The whole copy as JSON, to be kept or taken elsewhere."""
    body = {"person": copy.email, "made_at": copy.made_at.isoformat(), "tables": copy.tables}
    answer = Response(json.dumps(body, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer


def _told(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), _text(value)) for name, value in row.items() if value not in (None, "")]


def _text(value: Any) -> str:
    if isinstance(value, dict) and not any(isinstance(each, dict | list) for each in value.values()):
        return "\n".join(f"{name.replace('_', ' ')}: {each}" for name, each in value.items())
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, indent=1)
    return str(value)


def _titles() -> dict[str, str]:
    return {
        "address": _("Address book"),
        "audit_detail": _("What was changed"),
        "audit_entry": _("What was done, and when"),
        "checkout_draft": _("Checkouts under way"),
        "claim_reason": _("Why a phrase in our texts was accepted"),
        "comment": _("Comments"),
        "credit_account": _("Gift cards and store credit"),
        "credit_entry": _("What moved on your gift cards and store credit"),
        "credit_use": _("What gift cards and store credit paid of your orders"),
        "customer": _("Account"),
        "customer_role": _("Roles at this shop"),
        "decision": _("What was decided about your comments"),
        "discount_use": _("Discounts that you used"),
        "dispute": _("Disputed payments"),
        "document": _("Invoices and credit notes"),
        "guess": _("Tries to sign in"),
        "job": _("Work that names you"),
        "kept_view": _("Views of orders that you keep"),
        "ledger_entry": _("Money that moved"),
        "letter": _("Posts that were sent to you"),
        "likeness": _("Marks that find copies of your comments"),
        "muted_address": _("Mails that you wanted no more of"),
        "opt_in": _("When you agreed to the newsletter, and to what"),
        "order_line": _("What you ordered"),
        "order_note": _("Notes about your orders"),
        "order_word": _("Words your orders are found by"),
        "orders": _("Orders"),
        "outgoing_mail": _("Mails to you"),
        "passkey": _("Passkeys"),
        "payment_attempt": _("Payments"),
        "recovery_code": _("Recovery codes"),
        "refund": _("Refunds"),
        "refund_line": _("What you were paid back for"),
        "refund_note": _("Notes about refunds"),
        "return_decision": _("What was decided about your returns"),
        "return_line": _("What you wanted to send back"),
        "return_note": _("Notes about your returns"),
        "return_request": _("Returns"),
        "saved_cart": _("Cart"),
        "shipment": _("Parcels"),
        "shipment_line": _("What was in the parcels"),
        "sign_in": _("Sign-ins"),
        "stock_adjustment": _("Changes of stock"),
        "stripe_event": _("What Stripe told us"),
        "subscriber": _("Newsletter"),
        "withdrawal": _("Withdrawals"),
        "ticket": _("Links that were sent to you"),
    }
