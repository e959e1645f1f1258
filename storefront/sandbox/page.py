"""The hosted payment page: shows a session, and does what the visitor chooses. No script, no cookie."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.wrappers import Request, Response

from storefront.sandbox import payments
from storefront.sandbox.call import Call
from storefront.sandbox.currencies import written
from storefront.sandbox.desk import Desk
from storefront.sandbox.payments import DECLINES, Payer
from storefront.sandbox.sessions import DELAYED
from storefront.sandbox.store import JSON

FOLDER = Path(__file__).parent / "pages"
SETTLES_AFTER = 10
"""Seconds until a bank debit chosen on the page settles."""


def answer_page(desk: Desk, request: Request) -> Response:
    """Answer everything that is neither the API nor the control endpoint."""
    path = request.path.rstrip("/")
    if path == "":
        return _page(desk, "nothing.html")
    if path == "/page.css" and request.method in ("GET", "HEAD"):
        return _style()
    start, _, rest = path.removeprefix("/pay/").partition("/")
    if not path.startswith("/pay/") or rest not in ("", "authenticate"):
        return _page(desk, "nothing.html", status=404)
    if request.method not in ("GET", "HEAD", "POST"):
        return Response(status=405, headers={"Allow": "GET, HEAD, POST"})
    with desk.transaction() as tx:
        call = desk.call(tx, origin=desk.origin_of(request))
        session = tx.find("checkout.session", start)
        if session is None:
            return _page(desk, "nothing.html", status=404)
        if request.method == "POST":
            return _chosen(desk, call, session, request)
        return _shown(desk, call, session, step=rest)


def _shown(
    desk: Desk, call: Call, session: JSON, *, step: str = "", status: int = 200, **facts: Any
) -> Response:
    notes = call.tx.notes(session["id"])
    intent = _intent(call, session)
    name = _template(session, intent, step)
    facts = {
        "session": session,
        "shop": notes.get("shop") or desk.shop,
        "items": notes["line_items"],
        "declines": list(DECLINES),
        "later": [method for method in session["payment_method_types"] if method in DELAYED],
        "by_card": "card" in session["payment_method_types"],
        "error": intent and intent["last_payment_error"],
        "back": _return_url(session) if session["status"] == "complete" else session["cancel_url"],
        "problem": None,
        **facts,
    }
    return _page(desk, name, status=status, **facts)


def _intent(call: Call, session: JSON) -> JSON | None:
    return call.tx.find("payment_intent", session["payment_intent"] or "")


def _template(session: JSON, intent: JSON | None, step: str) -> str:
    if session["status"] != "open":
        return f"{session['status']}.html"
    return "authenticate.html" if step and _bank_asks(intent) else "pay.html"


def _bank_asks(intent: JSON | None) -> bool:
    return intent is not None and intent["status"] == "requires_action"


def _chosen(desk: Desk, call: Call, session: JSON, request: Request) -> Response:
    choice = request.form.get("choice", "")
    if choice == "cancel" and session["cancel_url"]:
        return _see(session["cancel_url"])
    if session["status"] == "complete":
        # A second click on "Pay": the first one has paid.
        return _see(_return_url(session))
    if session["status"] != "open":
        return _shown(desk, call, session, status=410)
    act = _ACTS.get(choice)
    if choice in ("passed", "failed") and not _bank_asks(_intent(call, session)):
        act = None
    if act is None:
        return _shown(desk, call, session, status=400, problem="Choose one of the buttons below.")
    email = request.form.get("email", "").strip()[:512]
    name = request.form.get("name", "").strip()[:200]
    payer = Payer(email or Payer().email, name or Payer().name)
    session = act(call, session, payer, request)
    if session["status"] == "complete":
        return _see(_return_url(session))
    step = "/authenticate" if choice == "secure" else ""
    return _see(f"{call.origin}/pay/{session['id']}{step}")


def _decline(call: Call, session: JSON, payer: Payer, request: Request) -> JSON:
    code = request.form.get("code", "")
    return payments.decline(call, session, payer, code=code if code in DECLINES else "generic_decline")


def _later(call: Call, session: JSON, payer: Payer, request: Request) -> JSON:
    method = next((name for name in session["payment_method_types"] if name in DELAYED), None)
    if method is None:
        return session
    succeeds = request.form.get("outcome") != "failed"
    return payments.pay_later(call, session, payer, method=method, succeeds=succeeds, after=SETTLES_AFTER)


_ACTS = {
    "pay": lambda call, session, payer, request: payments.pay(call, session, payer),
    "decline": _decline,
    "secure": lambda call, session, payer, request: payments.ask_for_authentication(call, session, payer),
    "later": _later,
    "passed": lambda call, session, payer, request: payments.authenticate(call, session, passed=True),
    "failed": lambda call, session, payer, request: payments.authenticate(call, session, passed=False),
}


def _return_url(session: JSON) -> str:
    url: str = session["success_url"]
    return url.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _see(url: str) -> Response:
    return _guarded(Response(status=303, headers={"Location": url}), ())


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["written"] = written
    return environment


def _page(desk: Desk, template: str, *, status: int = 200, **facts: Any) -> Response:
    text = _templates().get_template(template).render(**facts)
    return _guarded(Response(text, status=status, content_type="text/html; charset=utf-8"), desk.shop_origins)


def _style() -> Response:
    text = (FOLDER / "page.css").read_text(encoding="utf-8")
    response = _guarded(Response(text, content_type="text/css; charset=utf-8"), ())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _guarded(response: Response, targets: tuple[str, ...] | Any) -> Response:
    # Browsers hold form-action against the redirect after a form too: the shop has to be named.
    forms = " ".join(["'self'", *targets])
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response
