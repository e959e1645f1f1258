"""Who may call a route: declared beside each, checked to be declared on all.

Knows the declarations; refuses to know accounts and roles, which hold them against a person.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])

# What a role may allow; `accounts.roles` says which role allows what.
PERMISSIONS = frozenset(
    {
        "orders.view",
        "orders.edit",
        "orders.export",
        "refunds.make",
        "refunds.approve",
        "returns.receive",
        "payments.review",
        "catalogue.view",
        "catalogue.edit",
        "stock.adjust",
        "content.view",
        "content.edit",
        "reports.view",
        "audit.view",
        "jobs.manage",
        "staff.manage",
        "privacy.manage",
        "comments.moderate",
        "claims.view",
        "claims.decide",
        "claims.lexicon",
        "policies.view",
        "policies.publish",
    }
)
# "everyone": shoppers and readers. "stripe": signed by its own secret, so neither cookie nor token counts.
# "customers": anyone signed in. "staff": anyone with a role, or a permission, and a second factor.
AUDIENCES = frozenset({"everyone", "stripe", "customers", "staff"}) | PERMISSIONS


def open_to(audience: str, *, fresh: bool = False) -> Callable[[View], View]:
    """Declare who may call a view; a route without a declaration stops the app from starting.

    `fresh`: who signed in more than a quarter of an hour ago is asked to prove again who they are.
    """
    if audience not in AUDIENCES:
        raise ValueError(f"nobody is called {audience!r}")

    def mark(view: View) -> View:
        view.open_to = audience  # type: ignore[attr-defined]
        view.is_fresh_only = fresh  # type: ignore[attr-defined]
        return view

    return mark


def audience_of(endpoint: str | None) -> str | None:
    """Who may call `endpoint`, or None where nothing is declared."""
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "open_to", None)


def is_fresh_only(endpoint: str | None) -> bool:
    """Whether `endpoint` wants a fresh sign-in."""
    return bool(getattr(current_app.view_functions.get(endpoint or ""), "is_fresh_only", False))


def is_signed_by_its_sender() -> bool:
    """Whether the present request proves itself by a signature, not by a browser's headers."""
    return audience_of(request.endpoint) == "stripe"


def require_declarations(app: Flask) -> None:
    """Raises RuntimeError naming every route that nobody was allowed or forbidden to call."""
    silent = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "open_to")
    )
    if silent:
        raise RuntimeError("routes that do not say who may call them: " + ", ".join(silent))
