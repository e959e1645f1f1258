"""Every route of the shop, the libraries' too, for everybody who may come, by every method: in or out, as declared.

What another room adds is covered as soon as it stands in the url_map.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from storefront.accounts.models import Customer, SignIn
from storefront.accounts.roles import ROLES
from storefront.database import transaction
from storefront.web.access import AUDIENCES, PERMISSIONS
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.orders import an_order
from tests.client import ShopClient, browser

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# Said a second time, so that a slip in the one table does not pass by the other.
MAY: dict[str, str] = {
    "orders.view": "owner orders refunds support",
    "orders.edit": "owner orders support",
    "orders.export": "owner orders",
    "refunds.make": "owner refunds",
    "refunds.approve": "owner refunds",
    "returns.receive": "owner orders refunds support",
    "payments.review": "owner refunds",
    "catalogue.view": "owner orders catalogue content support",
    "catalogue.edit": "owner catalogue",
    "stock.adjust": "owner catalogue",
    "content.view": "owner content",
    "content.edit": "owner content",
    "reports.view": "owner orders refunds",
    "audit.view": "owner",
    "jobs.manage": "owner",
    "staff.manage": "owner",
    "privacy.manage": "owner",
    "comments.moderate": "owner content support",
    "claims.view": "owner catalogue content",
    "claims.decide": "owner catalogue content",
    "claims.lexicon": "owner",
    "policies.view": "owner orders refunds catalogue content support",
    "policies.publish": "owner",
}


def test_each_permission_belongs_to_the_roles_it_should() -> None:
    said = {permission: {role for role in ROLES if permission in ROLES[role]} for permission in PERMISSIONS}

    assert said == {permission: set(roles.split()) for permission, roles in MAY.items()}


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser, and what it may be let into."""

    name: str
    client: ShopClient
    is_customer: bool
    role: str = ""
    is_at_work: bool = False
    is_fresh: bool = True

    def may(self, audience: str, *, fresh_only: bool) -> bool:
        """Whether a route that says this lets the visitor in."""
        if audience in {"everyone", "stripe"}:
            return True
        if not self.is_customer or (fresh_only and not self.is_fresh):
            return False
        if audience == "customers":
            return True
        return self.is_at_work and (audience == "staff" or self.role in MAY[audience].split())


def _visitors(app: Flask) -> Iterator[Visitor]:
    with app.app_context():
        mara, stale, halfway = a_customer(), a_staff_member(role="owner"), a_staff_member(role="owner")
        working = {role: a_staff_member(role=role) for role in ROLES}
    guest = browser(app)
    guest.set_cookie("cart", "of-somebody-else")
    yield Visitor("stranger", browser(app), is_customer=False)
    yield Visitor("guest with a foreign cookie", guest, is_customer=False)
    yield Visitor("customer", signed_in(app, mara), is_customer=True)
    for role, person in working.items():
        yield Visitor(role, signed_in(app, person), is_customer=True, role=role, is_at_work=True)
    yield Visitor(
        "owner whose sign-in is old",
        signed_in(app, stale, fresh=False),
        is_customer=True,
        role="owner",
        is_at_work=True,
        is_fresh=False,
    )
    yield Visitor("owner with one factor", _with_one_factor(app, halfway), is_customer=True, role="owner")


def _with_one_factor(app: Flask, person: Customer) -> ShopClient:
    client = signed_in(app, person)
    with app.app_context(), transaction() as current:
        current.query(SignIn).filter_by(customer_id=person.id).update({"second_factor_at": None})
    return client


def _path(app: Flask, rule: Rule, known: dict[str, Any]) -> str:
    values: dict[str, Any] = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        kind = type(converter).__name__
        if isinstance(converter, AnyConverter):
            values[name] = next(iter(converter.items))
        else:
            values[name] = known.get(name, 1 if kind in {"IntegerConverter", "FloatConverter"} else "x")
    return app.url_map.bind("localhost").build(rule.endpoint, values)


@pytest.fixture
def reached(make_app: Callable[..., Flask]) -> tuple[Flask, list[str]]:
    """The shop, each view replaced by one that only notes that it was reached."""
    app, noted = make_app(), []

    def noting(endpoint: str, view: Any) -> Any:
        def note(**_values: Any) -> str:
            noted.append(endpoint)
            return ""

        note.open_to = view.open_to  # type: ignore[attr-defined]
        note.is_fresh_only = getattr(view, "is_fresh_only", False)  # type: ignore[attr-defined]
        return note

    for endpoint, view in list(app.view_functions.items()):
        app.view_functions[endpoint] = noting(endpoint, view)
    return app, noted


# Who may is declared and held in Python; the sign-in that it is held against is asked of both engines below.
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_every_route_lets_in_whom_it_says_and_nobody_else(reached: tuple[Flask, list[str]]) -> None:
    app, noted = reached
    wrong, asked = [], 0
    visitors = list(_visitors(app))
    for path, routes in _addresses(app).items():
        for visitor in visitors:
            for method in METHODS:
                here = [routes[method]] if method in routes else list({*routes.values()})
                allowed = any(
                    visitor.may(view.open_to, fresh_only=view.is_fresh_only and method in routes)
                    for view in (_declared(app, endpoint) for endpoint in here)
                )
                noted.clear()
                answer = visitor.client.open(path, method=method)
                asked += 1
                # Flask answers OPTIONS itself, once the declaration is held.
                came_in = bool(noted) or (
                    answer.status_code in {200, 405} and not answer.location and allowed
                )
                is_out = not noted and (answer.status_code == 404 or "/sign-in" in (answer.location or ""))
                if not (came_in if allowed else is_out):
                    wrong.append((visitor.name, method, path, here, answer.status_code))

    assert wrong == []
    assert asked >= 5000


def _declared(app: Flask, endpoint: str) -> Any:
    view: Any = app.view_functions[endpoint]
    assert view.open_to in AUDIENCES
    return view


def _addresses(app: Flask) -> dict[str, dict[str, str]]:
    """Which endpoint is at each address for each method."""
    found: dict[str, dict[str, str]] = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"OPTIONS"}:
            found.setdefault(_path(app, rule, {}), {})[method] = rule.endpoint
    return found


def test_a_route_forbidden_and_an_address_where_nothing_is_look_the_same(app: Flask) -> None:
    forbidden = {
        path: {_declared(app, endpoint).open_to for endpoint in routes.values()}
        for path, routes in _addresses(app).items()
        if path.startswith("/staff/")
    }
    with app.app_context():
        people = {"": a_customer(), "content": a_staff_member(role="content")}
    clients = {role: signed_in(app, person) for role, person in people.items()}
    differing = []
    for path, audiences in forbidden.items():
        for role, client in clients.items():
            if role and any(each == "staff" or role in MAY[each].split() for each in audiences):
                continue
            for method in ("GET", "POST", "DELETE"):
                answers = [client.open(each, method=method) for each in (path, "/staff/nothing-is-here")]
                if len({(answer.status_code, _body(answer.text)) for answer in answers}) != 1:
                    differing.append((role, method, path, [answer.status_code for answer in answers]))

    assert forbidden
    assert differing == []


def _body(page: str) -> str:
    """The page without its reference number, which is another each time."""
    return re.sub(r"\b[0-9a-f]{12}\b", "", page)


TRACES = ("mara.secret@example.org", "Gartenweg", "Mara Lindt")


@pytest.mark.parametrize("who", ["stranger", "guest", "customer"])
def test_no_route_shows_one_person_what_is_anothers(app: Flask, who: str) -> None:
    with app.app_context():
        mara = a_customer(email="mara.secret@example.org")
        order_id = an_order(paid=True, email="mara.secret@example.org")
        other = a_customer(email="other@example.org", name="Somebody Else")
    signed_in(app, mara)
    client = signed_in(app, other) if who == "customer" else browser(app)
    if who == "guest":
        client.set_cookie("orders", "of-somebody-else")
    known = {"number": 1000 + order_id, "customer_id": mara.id, "sign_in_id": 1, "order_id": order_id}
    leaks = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "shop.mailbox_mail" or rule.endpoint.startswith("shop.mailbox"):
            continue  # the mailbox of a demo shop on this machine is for whoever sits there
        for values in (known, {**known, "number": order_id}):
            path = _path(app, rule, values)
            for method in ("GET", "POST"):
                fields = {
                    "number": str(1000 + order_id),
                    "customer_id": str(mara.id),
                    "order_id": str(order_id),
                }
                answer = client.open(path, method=method, data=fields if method == "POST" else None)
                if any(trace in answer.text for trace in TRACES) or answer.status_code >= 500:
                    leaks.append((method, path, answer.status_code))

    assert leaks == []
