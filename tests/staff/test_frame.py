"""What stands on every staff page."""

from flask import Flask

from storefront.staff.frame import ENTRIES, QUEUES
from tests.builders.accounts import a_staff_member, signed_in


def test_every_entry_of_the_menu_leads_to_a_page(app: Flask) -> None:
    assert [entry.endpoint for entry in ENTRIES if entry.endpoint not in app.view_functions] == []


def test_every_queue_of_the_menu_can_be_counted() -> None:
    assert {entry.queue for entry in ENTRIES if entry.queue} == set(QUEUES)


def test_no_two_entries_share_a_key() -> None:
    keys = [entry.key for entry in ENTRIES if entry.key]

    assert sorted(keys) == sorted(set(keys))


def test_the_keys_are_a_page_too(app: Flask) -> None:
    with app.app_context():
        iris = a_staff_member()

    page = signed_in(app, iris).get("/staff/shortcuts")

    assert page.status_code == 200
    assert "<kbd>j</kbd>" in page.text
    assert "<kbd>r</kbd></dt><dd>Among comments: reject" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_a_trail_leads_back_from_a_page_below_and_says_nothing_twice(app: Flask) -> None:
    with app.app_context():
        client = signed_in(app, a_staff_member(role="content"))

    top, below = client.get("/staff/comments"), client.get("/staff/comments/report")

    assert top.status_code == 200
    assert "crumbs" not in top.text
    assert '<ol class="crumbs">' in below.text
