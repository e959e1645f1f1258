"""Who is there, and whether they may: every route's declaration held against the person who asks.

Knows the present sign-in; refuses to know any page.
"""

import secrets
from hashlib import sha256
from typing import Any, NoReturn

import sqlalchemy as sa
from flask import Request, abort, redirect, request, session, url_for
from flask.globals import request_ctx
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import MethodNotAllowed

from storefront import clock, database
from storefront.accounts.kept_forms import keep_form
from storefront.accounts.models import Customer, SignIn
from storefront.accounts.queries import has_passkey
from storefront.accounts.returning import after, leading_to
from storefront.web.access import PERMISSIONS, audience_of, is_fresh_only

# The name of the session's own key in its cookie.
KEY = "sign_in"
STAFF_PATHS = "/staff"
_ANYONE = frozenset({"everyone", "stripe"})


def current_customer() -> Customer:
    """The person who is signed in; raises LookupError where nobody is, which `open_to` rules out."""
    found = find_customer()
    if found is None:
        raise LookupError("nobody is signed in")
    return found


def find_customer() -> Customer | None:
    """The person who is signed in, or None; looks at the cookie, so never on a page that is the same for all."""
    if KEY not in session:
        return None
    return current_user._get_current_object() if current_user.is_authenticated else None


def current_sign_in() -> SignIn:
    """The sign-in of this request; raises LookupError where nobody is signed in."""
    made: SignIn = current_customer().sign_in
    return made


def current_actor() -> tuple[str, object]:
    """Who acts, for `by=`: ("staff", id) for those who work here and proved it twice, else ("customer", id)."""
    person = current_customer()
    return ("staff" if _is_at_work(person) else "customer", person.id)


def new_key() -> str:
    """The key of a new session: in the cookie as it is, in the table as its digest."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What the table holds of a key."""
    return sha256(key.encode()).hexdigest()


def load_customer(uniquifier: str) -> Customer | None:
    """The person of this session while its sign-in stands: what Flask-Login asks once per request."""
    key = session.get(KEY)
    if not isinstance(key, str):
        return None
    found = (
        database.session().execute(_SIGN_IN, {"digest": digest(key), "now": clock.now()}).unique().scalar()
    )
    if found is None or found.customer.fs_uniquifier != uniquifier:
        return None
    person: Customer = found.customer
    person.sign_in = found
    return person


_SIGN_IN = (
    sa.select(SignIn)
    .join(SignIn.customer)
    .options(joinedload(SignIn.customer).joinedload(Customer.roles))
    .where(
        SignIn.key_digest == sa.bindparam("digest"),
        SignIn.ended_at.is_(None),
        SignIn.expires_at > sa.bindparam("now"),
        Customer.active,
    )
)


def require_declared_audience() -> Any:
    """Before each request: let in whom the route is open to; to others it is as if it were not there."""
    here = request_ctx._get_current_object()  # type: ignore[attr-defined]
    if here.url_adapter is None:
        return None  # asked for by a name that is not ours, which is refused next
    asked: Request = here.request
    endpoints = [asked.endpoint] if asked.endpoint else _endpoints_of_other_methods()
    # Empty: nothing is at this address, which below /staff only those who work here may know.
    audiences = {audience_of(endpoint) for endpoint in endpoints}
    if not audiences.isdisjoint(_ANYONE):
        return None
    is_staff_path = asked.path == STAFF_PATHS or asked.path.startswith(f"{STAFF_PATHS}/")
    if not (audiences or is_staff_path):
        return None
    person = find_customer()
    if person is None:
        return _to_sign_in() if is_staff_path or "customers" in audiences else _as_if_absent()
    if "customers" in audiences:
        return None
    if not person.is_staff or not _is_allowed(person, audiences):
        _as_if_absent()
    if not _is_at_work(person):
        return redirect(url_for("accounts.second_factor", next=after(request)), 303)
    return None


def _is_at_work(person: Customer) -> bool:
    return person.is_staff and person.sign_in.second_factor_at is not None


def _is_allowed(person: Customer, audiences: set[str | None]) -> bool:
    """Whether any of them is the person's; of staff as such nothing is hidden that is no permission."""
    return not audiences or any(
        person.may(audience) if audience in PERMISSIONS else audience == "staff" for audience in audiences
    )


def _endpoints_of_other_methods() -> list[str]:
    """The routes at this address that want another method: 405 would tell that there are some."""
    error, adapter = request.routing_exception, request_ctx.url_adapter
    if not isinstance(error, MethodNotAllowed) or adapter is None:
        return []
    return [str(adapter.match(method=method)[0]) for method in sorted(error.valid_methods or [])]


def _as_if_absent() -> NoReturn:
    """404, and nothing of the route's own (frame, headers, line in the log) tells that there is one."""
    request.url_rule, request.view_args = None, None
    abort(404)


def _to_sign_in() -> Any:
    request.url_rule, following = None, after(request)
    return redirect(url_for("accounts.sign_in", next=following), 303)


def require_fresh_sign_in() -> Any:
    """Before a view that wants it: prove who you are; what a form held is kept meanwhile, and shown afterwards.

    With the second factor where there is one and this sign-in has not used it: whoever has only the first would
    otherwise take the second away, or add one of their own.
    """
    if not is_fresh_only(request.endpoint) or request.method == "OPTIONS":
        return None
    owed = _owes_second_factor()
    if not owed and current_sign_in().is_fresh(clock.now()):
        return None
    following = after(request)
    if following is None and (token := keep_form(request, customer_id=current_customer().id)):
        following = leading_to(url_for("accounts.kept", token=token))
    return redirect(url_for("accounts.second_factor" if owed else "accounts.again", next=following), 303)


def _owes_second_factor() -> bool:
    """To whoever works here a passkey is a second factor; to others it is another way in."""
    person = current_customer()
    if person.sign_in.second_factor_at is not None:
        return False
    return person.has_codes or (person.is_staff and has_passkey(person.id))
