"""The sandbox's books: totals per currency and lists short enough to compare with a shop's."""

from collections import Counter, defaultdict

from storefront.sandbox.call import Call
from storefront.sandbox.store import JSON

SHOWN = {
    "checkout.session": ("id", "status", "payment_status", "amount_total", "currency", "client_reference_id",
                         "payment_intent", "metadata", "created", "expires_at"),
    "payment_intent": ("id", "status", "amount", "amount_received", "currency", "latest_charge", "metadata",
                       "created"),
    "charge": ("id", "status", "amount", "amount_captured", "amount_refunded", "currency", "disputed",
               "payment_intent", "metadata", "created"),
    "refund": ("id", "status", "amount", "currency", "charge", "payment_intent", "metadata", "created"),
    "dispute": ("id", "status", "amount", "currency", "charge", "payment_intent", "reason", "created",
                "balance_transactions"),
}  # fmt: skip
NAMES = {
    "checkout.session": "sessions",
    "payment_intent": "payment_intents",
    "charge": "charges",
    "refund": "refunds",
    "dispute": "disputes",
}
GONE = ("failed", "canceled")


def report(call: Call) -> JSON:
    """Everything that a shop's books must agree with; amounts in Stripe's units, lists newest first."""
    lists = {
        NAMES[kind]: [{name: body[name] for name in fields} for body in call.tx.select(kind)]
        for kind, fields in SHOWN.items()
    }
    return {"totals": _totals(call, lists), "deliveries": _deliveries(call), "events": _events(call), **lists}


def _totals(call: Call, lists: dict[str, list[JSON]]) -> JSON:
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for charge in lists["charges"]:
        totals[charge["currency"]]["captured"] += charge["amount_captured"]
    for refund in lists["refunds"]:
        totals[refund["currency"]]["refunded"] += 0 if refund["status"] in GONE else refund["amount"]
    for dispute in lists["disputes"]:
        kept = -sum(moved["amount"] for moved in dispute["balance_transactions"])
        totals[dispute["currency"]]["disputed"] += kept
    for movement in call.tx.select("balance_transaction"):
        totals[movement["currency"]]["fees"] += movement["fee"]
        # What was earned, wherever it is by now.
        totals[movement["currency"]]["net"] += 0 if movement["type"] == "payout" else movement["net"]
    words = ("captured", "refunded", "disputed", "fees", "net")
    return {currency: {word: counted[word] for word in words} for currency, counted in totals.items()}


def _deliveries(call: Call) -> JSON:
    rows = call.tx.run("SELECT state, count(*) FROM delivery GROUP BY state").fetchall()
    return dict.fromkeys(("waiting", "delivered", "dropped", "failed"), 0) | dict(rows)


def _events(call: Call) -> int:
    count: int = call.tx.run("SELECT count(*) FROM object WHERE kind = 'event'").fetchone()[0]
    return count
