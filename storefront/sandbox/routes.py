"""Which path of Stripe's API is answered by which function, and which TypedDict checks its parameters."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from storefront.sandbox import balance, disputes, events, intents, payouts, refunds, sessions
from storefront.sandbox.store import JSON
from storefront.sandbox.wire import ApiError


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: its method, path, checking table (see params) and function."""

    method: str
    path: str
    table: str
    answer: Callable[..., JSON]

    def match(self, method: str, path: str) -> tuple[str, ...] | None:
        """The ids in the path when this route answers it, else None."""
        found = (
            re.fullmatch(self.path.replace(":id", "([A-Za-z0-9_]+)"), path) if method == self.method else None
        )
        return found.groups() if found else None


SESSION, INTENT, CHARGE = "/v1/checkout/sessions", "/v1/payment_intents", "/v1/charges"
REFUND, DISPUTE, EVENT = "/v1/refunds", "/v1/disputes", "/v1/events"
BALANCE, PAYOUT = "/v1/balance_transactions", "/v1/payouts"


ROUTES = (
    Route("POST", SESSION, "checkout.session_create", sessions.create),
    Route("GET", SESSION, "checkout.session_list", sessions.page),
    Route("GET", f"{SESSION}/:id", "checkout.session_retrieve", sessions.retrieve),
    Route("POST", f"{SESSION}/:id", "checkout.session_update", sessions.update),
    Route("POST", f"{SESSION}/:id/expire", "checkout.session_expire", sessions.expire),
    Route("GET", f"{SESSION}/:id/line_items", "checkout.session_list_line_items", sessions.line_items),
    Route("GET", INTENT, "payment_intent_list", intents.list_intents),
    Route("GET", f"{INTENT}/:id", "payment_intent_retrieve", intents.retrieve_intent),
    Route("POST", f"{INTENT}/:id", "payment_intent_update", intents.update_intent),
    Route("GET", CHARGE, "charge_list", intents.list_charges),
    Route("GET", f"{CHARGE}/:id", "charge_retrieve", intents.retrieve_charge),
    Route("POST", f"{CHARGE}/:id", "charge_update", intents.update_charge),
    Route("POST", REFUND, "refund_create", refunds.create),
    Route("GET", REFUND, "refund_list", refunds.page),
    Route("GET", f"{REFUND}/:id", "refund_retrieve", refunds.retrieve),
    Route("POST", f"{REFUND}/:id", "refund_update", refunds.update),
    Route("POST", f"{REFUND}/:id/cancel", "refund_cancel", refunds.cancel),
    Route("GET", DISPUTE, "dispute_list", disputes.page),
    Route("GET", f"{DISPUTE}/:id", "dispute_retrieve", disputes.retrieve),
    Route("POST", f"{DISPUTE}/:id", "dispute_update", disputes.update),
    Route("POST", f"{DISPUTE}/:id/close", "dispute_close", disputes.close),
    Route("GET", EVENT, "event_list", events.page),
    Route("GET", f"{EVENT}/:id", "event_retrieve", events.retrieve),
    Route("GET", BALANCE, "balance_transaction_list", balance.page),
    Route("GET", f"{BALANCE}/:id", "balance_transaction_retrieve", balance.retrieve),
    Route("GET", PAYOUT, "payout_list", payouts.page),
    Route("GET", f"{PAYOUT}/:id", "payout_retrieve", payouts.retrieve),
)


def find_route(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """The route that answers, with the ids in the path; raises Stripe's 404 for any other URL."""
    for route in ROUTES:
        ids = route.match(method, path)
        if ids is not None:
            return route, ids
    raise ApiError(
        f"Unrecognized request URL ({method}: {path}). This sandbox plays a part of Stripe's API: "
        "see docs/sandbox.md.",
        status=404,
        kept=False,
    )
