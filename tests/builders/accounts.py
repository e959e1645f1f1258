"""People for tests: shoppers, those who work here, and browsers that are signed in as them.

Knows the accounts' own steps; refuses to hash a password where none is asked for.
"""

import secrets
from datetime import timedelta

from flask import Flask

from storefront import clock
from storefront.accounts import passwords
from storefront.accounts.access import KEY
from storefront.accounts.models import FRESH, Customer, SignIn
from storefront.accounts.steps import Device, open_sign_in, role_called
from storefront.database import session, transaction
from tests.client import ShopClient, browser


def a_customer(*, email: str = "", name: str = "Mara Lindt", password: str | None = None) -> Customer:
    """A person whose address is verified; of each call another one unless `email` says who. Opens a transaction."""
    kept = passwords.hashed(password) if password else None
    made = Customer(
        email=email or f"mara{secrets.token_hex(4)}@example.org",
        name=name,
        password=kept,
        confirmed_at=clock.now(),
        created_at=clock.now(),
    )
    with transaction() as current:
        current.add(made)
    return _on_its_own(made.id)


def a_staff_member(*, role: str = "orders", email: str = "", name: str = "Iris Weller") -> Customer:
    """Somebody who works here in that role; `signed_in` signs them in with both factors. Opens a transaction."""
    made = a_customer(email=email or f"{role}{secrets.token_hex(4)}@example.org", name=name)
    with transaction() as current:
        found = current.get_one(Customer, made.id)
        found.roles = [role_called(role)]
    return _on_its_own(made.id)


def _on_its_own(customer_id: int) -> Customer:
    """The person as read just now, apart from the session: what is known of them stays so after other commits."""
    current = session()
    found = current.get_one(Customer, customer_id, populate_existing=True)
    assert found.role_names is not None
    current.expunge(found)
    return found


def signed_in(app: Flask, person: Customer | int, *, fresh: bool = True) -> ShopClient:
    """A browser in which the person is signed in, with both factors; not `fresh`: an hour ago.

    Call it outside an app context, as requests are made.
    """
    customer_id = person if isinstance(person, int) else person.id
    with app.app_context(), transaction() as current:
        found = current.get_one(Customer, customer_id)
        opened = open_sign_in(found, method="password", device=Device(), second_factor=True)
        if not fresh:
            current.get_one(SignIn, opened.sign_in_id).proved_at -= FRESH + timedelta(minutes=45)
        uniquifier = found.fs_uniquifier
    client = browser(app)
    with client.session_transaction(base_url=app.config["STOREFRONT"].origin) as cookie:
        cookie[KEY] = opened.key
        cookie["_user_id"] = uniquifier
        cookie["_fresh"] = True
    return client
