"""Those who work here: invited, given roles, taken from them; there is always an owner."""

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from storefront import audit, clock
from storefront.accounts import people
from storefront.accounts.models import Customer, SignIn, Ticket, TicketKind
from storefront.accounts.people import change_roles, invite, staff_link
from storefront.accounts.queries import staff
from storefront.accounts.tickets import token_of
from storefront.cli import storefront
from storefront.config import settings
from storefront.database import session, transaction
from storefront.errors import NotFound, Refused
from storefront.web.text import moment_text
from tests.accounts.mailbox import newest_link, newest_mail, press
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.cart import words
from tests.client import ShopClient, browser

COMMAND = ("command", None)


def _roles(app: Flask) -> dict[str, tuple[str, ...]]:
    with app.app_context():
        return {each.email: each.role_names for each in staff()}


def test_an_invitation_is_a_page_with_one_button_and_opens_nothing_before_a_second_factor(
    app: Flask, client: ShopClient
) -> None:
    with app.app_context():
        invite("iris@example.org", ["owner"], by=COMMAND)
    path = newest_link(app, "iris@example.org")

    assert client.get(path).status_code == 200
    assert _roles(app) == {}
    answer = press(client, path)

    assert answer.location == "/sign-in/second"
    assert _roles(app) == {"iris@example.org": ("owner",)}
    assert client.get("/staff/people").location.startswith("/sign-in/second")
    assert "Add a passkey" in client.get("/sign-in/second").text
    assert client.get(path).status_code == 404


def test_an_invitation_says_who_invites_and_to_what(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        olga = a_staff_member(role="owner", name="Olga <b>Berg</b>")
        invite("iris@example.org", ["orders", "content"], by=("staff", olga.id))
    page = client.get(newest_invitation(app, "iris@example.org"))
    with app.app_context():
        invite("iris@example.org", ["owner"], by=COMMAND)
    nobodys = client.get(newest_invitation(app, "iris@example.org"))

    for said in (
        "Olga <b>Berg</b> invites you",
        "Orders",
        "sees and sends orders",
        "Content",
        "iris@example.org",
    ):
        assert said in words(page)
    assert "<b>Berg" not in page.text
    assert "You are invited to help run" in words(nobodys)
    assert "everything, and who works here" in words(nobodys)


def test_the_mail_of_an_invitation_says_who_invites_to_what_for_which_shop_and_until_when(
    app: Flask, frozen: ModuleType
) -> None:
    with app.app_context():
        olga = a_staff_member(role="owner", name="Olga <b>Berg</b>", email="olga@example.org")
        nameless = a_staff_member(role="owner", name="", email="nina@example.org")
        invite("iris@example.org", ["orders", "content"], by=("staff", olga.id))
        invite("ewa@example.org", ["support"], by=("staff", nameless.id))
        invite("first@example.org", ["owner"], by=COMMAND)
        until = moment_text(clock.now() + timedelta(days=3), "long")
        shop = settings().shop_name
    iris, ewa, first = (newest_mail(app, f"{each}@example.org") for each in ("iris", "ewa", "first"))

    for said in (
        f"Olga <b>Berg</b> invites you to help run {shop}.",
        "What you are to do there: Orders, Content.",
        f"The link works once, until {until}.",
    ):
        assert " ".join(said.split()) in " ".join((iris.text or "").split())
    assert "Olga &lt;b&gt;Berg&lt;/b&gt; invites you" in (iris.html or "")
    assert "nina@example.org invites you" in (ewa.text or "")
    assert "You are invited to help run" in (first.text or "")


def test_an_invitation_that_was_forgotten_before_its_mail_left_offers_no_link(app: Flask) -> None:
    with app.app_context():
        number = invite("iris@example.org", ["orders"], by=COMMAND)
        with transaction() as current:
            current.execute(sa.delete(Ticket).where(Ticket.id == number))

    text = newest_mail(app, "iris@example.org").text or ""

    assert "the invitation has ended" in text
    assert "/invitation/" not in text


def newest_invitation(app: Flask, email: str) -> str:
    """The path of the newest invitation to the address."""
    with app.app_context():
        newest = sa.select(Ticket.id).where(Ticket.kind == TicketKind.INVITATION, Ticket.email == email)
        found = session().scalars(newest.order_by(Ticket.id.desc()).limit(1)).one()
        return f"/invitation/{token_of(TicketKind.INVITATION, found)}"


def test_the_command_invites_and_prints_the_link(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storefront.create_app", lambda: app)

    done = CliRunner().invoke(storefront, ["staff", "invite", "Iris@Example.org", "--role", "owner"])
    wrong = CliRunner().invoke(storefront, ["staff", "invite", "iris@example.org", "--role", "king"])

    assert done.exit_code == 0
    assert "/invitation/" in done.output
    assert wrong.exit_code != 0
    assert "no role king" in wrong.output


def test_the_last_owner_stays(app: Flask) -> None:
    with app.app_context():
        iris = a_staff_member(role="owner", email="iris@example.org")
        by = ("staff", iris.id)

        for roles in ([], ["orders"]):
            with pytest.raises(Refused, match="own"):
                change_roles(iris.id, roles, by=by)

        other = a_staff_member(role="owner")
        change_roles(iris.id, ["orders"], by=("staff", other.id))
    assert _roles(app)["iris@example.org"] == ("orders",)


def _left_after_removing_each_other(app: Flask) -> int:
    """Two owners take the role from each other at once; how many are left."""
    with app.app_context():
        first, second = a_staff_member(role="owner").id, a_staff_member(role="owner").id

    def remove(whom: int, by: int) -> None:
        with app.app_context(), contextlib.suppress(Refused):
            change_roles(whom, [], by=("staff", by))

    threads = [threading.Thread(target=remove, args=pair) for pair in ((first, second), (second, first))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    return sum("owner" in roles for roles in _roles(app).values())


def test_two_owners_who_remove_each_other_at_once_leave_one(app: Flask) -> None:
    assert _left_after_removing_each_other(app) == 1


def test_without_the_lock_they_would_leave_none(
    app: Flask, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite lets one write at a time, so that there is no guard to be removed")
    meeting = threading.Barrier(2)
    monkeypatch.setattr(people, "_lock_owners", lambda: meeting.wait(10))

    assert _left_after_removing_each_other(app) == 0


def test_changed_roles_end_the_persons_sessions_and_are_recorded(app: Flask) -> None:
    with app.app_context():
        owner = a_staff_member(role="owner")
        iris = a_staff_member(role="orders")
    client = signed_in(app, iris)

    with app.app_context():
        change_roles(iris.id, ["refunds"], by=("staff", owner.id))

    assert client.get("/staff/shortcuts").location.startswith("/sign-in")
    with app.app_context():
        entry = audit.history(("customer", iris.id))[-1]
        assert (entry.verb, entry.actor_kind, entry.actor_id) == ("staff.roles", "staff", str(owner.id))
        found = (
            session()
            .scalars(sa.select(audit.AuditDetail).where(audit.AuditDetail.entry_id == entry.id))
            .one()
        )
        assert (found.before, found.after) == ("orders", "refunds")


def test_nobody_becomes_staff_by_a_field_that_no_form_has(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org")
    client = signed_in(app, mara)

    press(
        client,
        "/account/security/email",
        email="other@example.org",
        is_staff="1",
        roles="owner",
        active="1",
        customer_id="1",
    )

    assert _roles(app) == {}


def test_an_owner_invites_and_changes_on_the_pages(app: Flask) -> None:
    with app.app_context():
        owner = a_staff_member(role="owner")
        iris = a_staff_member(role="orders", email="iris@example.org")
    client = signed_in(app, owner)

    empty = press(client, "/staff/people/invite", email="ewa@example.org")
    sent = press(client, "/staff/people/invite", email="ewa@example.org", roles="catalogue")
    page = client.get("/staff/people")
    changed = press(client, f"/staff/people/{iris.id}", roles="support")

    assert empty.status_code == 422
    assert (sent.status_code, changed.status_code) == (303, 303)
    assert "ewa@example.org" in page.text
    assert _roles(app)["iris@example.org"] == ("support",)
    assert newest_link(app, "ewa@example.org").startswith("/invitation/")


def test_the_last_owner_is_told_so_on_the_page(app: Flask) -> None:
    with app.app_context():
        owner = a_staff_member(role="owner")

    answer = press(signed_in(app, owner), f"/staff/people/{owner.id}", roles="orders")

    assert answer.status_code == 422
    assert "Somebody has to own the shop" in answer.text


def test_a_withdrawn_invitation_is_good_for_nothing(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        number = invite("iris@example.org", ["orders"], by=COMMAND)
        people.withdraw_invitation(number, by=COMMAND)
        with pytest.raises(NotFound):
            people.withdraw_invitation(number, by=COMMAND)

    assert client.get(newest_link(app, "iris@example.org")).status_code == 404


def test_who_was_sent_away_does_not_come_back_by_an_older_invitation(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        owner, other = a_staff_member(role="owner"), a_staff_member(role="owner")
        invite(other.email, ["owner"], by=("staff", other.id))
        invite("ally@example.org", ["owner"], by=("staff", other.id))
        invite("ewa@example.org", ["orders"], by=("staff", owner.id))

        change_roles(other.id, [], by=("staff", owner.id))

    found = [
        client.get(newest_invitation(app, email)).status_code
        for email in (other.email, "ally@example.org", "ewa@example.org")
    ]
    assert found == [404, 404, 200]


def test_an_accepted_invitation_ends_what_was_opened_to_shop(app: Flask) -> None:
    with app.app_context():
        mara = a_customer(email="mara@example.org")
        invite("mara@example.org", ["orders"], by=COMMAND)
    older = signed_in(app, mara)

    press(browser(app), newest_link(app, "mara@example.org"))

    assert older.get("/account/security").location.startswith("/sign-in")


@pytest.fixture
def link_of(make_app: Callable[..., Flask]) -> Callable[..., tuple[Flask, str]]:
    """A shop with those settings, and the path of a staff link in it."""

    def make(**settings: str) -> tuple[Flask, str]:
        app = make_app(**settings)
        with app.app_context():
            email = a_staff_member(role="owner").email
            path = f"/sign-in/staff/{token_of(TicketKind.STAFF_LINK, staff_link(email))}"
        return app, path

    return make


def test_a_staff_link_counts_twice_on_the_machine_of_a_sandbox_and_nowhere_else(
    link_of: Callable[..., tuple[Flask, str]],
) -> None:
    real = {"stripe_secret_key": "sk_test_real", "stripe_api_url": ""}
    tries = [
        ({}, "127.0.0.1", True),
        ({}, "203.0.113.9", False),
        (real, "127.0.0.1", False),
        ({"trusted_proxies": "1"}, "127.0.0.1", False),
        ({"other_origins": "http://shop.example"}, "127.0.0.1", False),
    ]
    for chosen, address, twice in tries:
        app, path = link_of(**chosen)
        client = browser(app)
        client.environ_base["REMOTE_ADDR"] = address
        press(client, path)
        with app.app_context():
            row = session().scalars(sa.select(SignIn).order_by(SignIn.id.desc()).limit(1)).one()
            assert (row.method, row.second_factor_at is not None) == ("staff_link", twice), chosen
        assert (client.get("/staff/shortcuts").status_code == 200) is twice
        assert browser(app).get(path).status_code == 404


def test_no_link_is_made_for_whoever_does_not_work_here(app: Flask) -> None:
    with app.app_context():
        a_customer(email="mara@example.org")
        for email in ("mara@example.org", "nobody@example.org"):
            with pytest.raises(Refused):
                staff_link(email)


def test_a_closed_account_is_out_at_once(app: Flask) -> None:
    with app.app_context():
        iris = a_staff_member()
    client = signed_in(app, iris)

    with app.app_context(), transaction() as current:
        current.get_one(Customer, iris.id).active = False

    assert client.get("/staff/shortcuts").status_code == 303
