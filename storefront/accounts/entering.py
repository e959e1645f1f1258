"""The browser's side of a session: its cookie, and what other rooms are told.

Knows the request; refuses to decide who is believed.
"""

from flask import current_app, request, session

from storefront import database
from storefront.accounts.access import KEY
from storefront.accounts.library import login_user
from storefront.accounts.models import Customer
from storefront.accounts.signals import signed_in
from storefront.accounts.steps import Device, Opened
from storefront.web import client_address


def this_device() -> Device:
    """The browser that sent this request."""
    key = session.get(KEY)
    agent = "".join(letter for letter in request.user_agent.string if letter.isprintable())
    return Device(agent[:300], client_address(), key if isinstance(key, str) else None)


def this_is_here() -> bool:
    """Whether the request came from this machine itself, by nobody's word."""
    return client_address() in {"127.0.0.1", "::1", "::/64"}


def go_on(key: str) -> None:
    """Give the browser the session's new key."""
    session[KEY] = key


def enter(opened: Opened) -> None:
    """Give the browser the new session; of the one before nothing is kept, its token included."""
    session.clear()
    session.permanent = True
    session[KEY] = opened.key
    login_user(database.session().get_one(Customer, opened.customer_id))
    signed_in.send(
        current_app._get_current_object(),  # type: ignore[attr-defined]
        customer_id=opened.customer_id,
        sign_in_id=opened.sign_in_id,
    )


def leave() -> None:
    """Take the session from the browser."""
    session.clear()
