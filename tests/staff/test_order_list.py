"""The list of orders as a page: who sees it, what its address says, and what it costs."""

import csv
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask, request
from wtforms import SelectChoice
from wtforms.widgets import Select

from storefront import audit
from storefront.orders import actions
from storefront.orders.models import number_of_id
from storefront.staff.order_filters import filters_of
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.builders.orders import LEIPZIG, an_order, cancel
from tests.client import ShopClient, browser
from tests.counting import Counted

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def iris(app: Flask) -> ShopClient:
    """The browser of somebody who packs orders."""
    with app.app_context():
        person = a_staff_member(role="orders").id
    return signed_in(app, person)


@pytest.fixture
def orders(app: Flask) -> list[int]:
    """The numbers of four orders: paid by Mara, waiting, cancelled, and one from Graz."""
    graz = LEIPZIG | {"name": "Jonas Weidner", "city": "Graz", "country": "AT", "postal_code": "8010"}
    with app.app_context():
        ids = [
            an_order(paid=True, cart_id="cart-1"),
            an_order(email="ines@example.org", cart_id="cart-2"),
            an_order(cart_id="cart-3"),
            an_order(paid=True, email="jonas@example.com", delivery=graz, cart_id="cart-4", pieces=3),
        ]
        cancel(ids[2])
        actions.add_note(ids[1], text="Rings the bell twice", key="note-1", by=("staff", 1))
    return [number_of_id(each) for each in ids]


def _numbers(page: str) -> list[int]:
    return [int(each) for each in re.findall(r'<th scope="row"><a href="[^"]*">(\d+)</a>', page)]


def test_the_list_shows_every_order_the_newest_first(iris: ShopClient, orders: list[int]) -> None:
    page = iris.get("/staff/orders")

    assert page.status_code == 200
    assert _numbers(page.text) == orders[::-1]
    assert page.headers["Cache-Control"] == "no-store"
    for text in ("Mara Lindt", "Leipzig, DE", "3 goods", "Waiting for payment", "Cancelled", "To pack"):
        assert text in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=paid", [3, 0]),
        ("state=awaiting_payment", [1]),
        ("state=cancelled", [2]),
        ("parcel=to-pack", [3, 0]),
        ("parcel=shipped", []),
        ("matter=refunded", []),
        ("country=AT", [3]),
        ("country=FR", []),
        ("q=jonas", [3]),
        ("q=WEIDNER+graz", [3]),
        ("q=weid", [3]),
        ("q=ines@example.org", [1]),
        ("q=bell", [1]),
        ("q=nobody", []),
        ("least=50", [3]),
        ("most=50&sort=lowest", [0, 1, 2]),
        ("sort=oldest", [0, 1, 2, 3]),
        ("sort=highest&state=paid", [3, 0]),
        ("since=2026-06-17&until=2026-06-17", [3, 2, 1, 0]),
        ("until=2026-06-16", []),
        ("since=2026-06-18", []),
        ("state=paid&country=DE&q=mara", [0]),
    ],
)
def test_an_address_says_what_the_list_shows(
    frozen: ModuleType, iris: ShopClient, orders: list[int], query: str, found: list[int]
) -> None:
    page = iris.get(f"/staff/orders?{query}")

    assert page.status_code == 200
    assert _numbers(page.text) == [orders[each] for each in found]


@pytest.mark.parametrize(
    "query",
    [
        "state=everything",
        "parcel=lost",
        "matter=1",
        "country=Atlantis",
        "country=%00",
        "since=yesterday",
        "since=0001-01-01",
        "until=9999-12-31",
        "until=2026-02-30",
        "least=a+lot",
        "least=-1",
        "least=1e5",
        "most=99999999999999999999",
        "most=1.999",
        "sort=by+colour",
        "q=" + "x" * 1000,
    ],
)
def test_what_cannot_be_understood_is_told_and_asks_for_nothing(
    frozen: ModuleType, iris: ShopClient, orders: list[int], query: str
) -> None:
    page = iris.get(f"/staff/orders?{query}")

    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert 'aria-label="Filters in force"' not in page.text
    assert sorted(_numbers(page.text)) == orders


@pytest.mark.parametrize(
    "place", ["", "0", "-5", "1e3", "99999999999999999999", "١٠٠١", "1001;", "%00", "9" * 18, "nothing"]
)
def test_a_place_that_is_none_is_the_beginning(iris: ShopClient, orders: list[int], place: str) -> None:
    for name in ("after", "before"):
        assert _numbers(iris.get(f"/staff/orders?{name}={place}").text) == orders[::-1]


def test_a_filter_twice_counts_once(iris: ShopClient, orders: list[int]) -> None:
    page = iris.get("/staff/orders?state=paid&state=cancelled&unknown=1&csrf_token=x")

    assert _numbers(page.text) == [orders[3], orders[0]]


def test_each_filter_in_force_can_be_taken_off(iris: ShopClient, orders: list[int]) -> None:
    page = iris.get("/staff/orders?state=paid&country=DE&q=mara&sort=oldest").text
    chips = page.partition('aria-label="Filters in force"')[2].partition("</ul>")[0]

    assert "Payment: Paid" in chips
    assert "Find: “mara”" in chips
    assert 'href="/staff/orders?q=mara&amp;country=DE&amp;sort=oldest"' in chips
    assert 'href="/staff/orders?sort=oldest"' in chips


def test_a_view_is_an_address(iris: ShopClient, orders: list[int]) -> None:
    page = iris.get("/staff/orders").text
    url = re.search(r'<a href="([^"]+)">To pack</a>', page)
    assert url

    view = iris.get(url[1].replace("&amp;", "&")).text

    assert _numbers(view) == [orders[0], orders[3]]
    assert 'aria-current="page">To pack</a>' in view


def test_pages_are_turned_both_ways(
    iris: ShopClient, orders: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storefront.orders.listing.PAGE", 2)
    monkeypatch.setattr("storefront.staff.order_list_views.PAGE", 2)

    first = iris.get("/staff/orders?sort=oldest").text
    second = iris.get(_link(first, "next")).text

    assert _numbers(first) == orders[:2]
    assert _numbers(second) == orders[2:]
    assert 'rel="next"' not in second
    assert _numbers(iris.get(_link(second, "prev")).text) == orders[:2]
    assert 'rel="prev"' not in first


def _link(page: str, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page)
    assert found
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("form", ["{}", " #{} "])
def test_a_number_leads_to_its_order(iris: ShopClient, orders: list[int], form: str) -> None:
    answer = iris.get("/staff/orders/go", query_string={"q": form.format(orders[1])})

    assert answer.status_code == 303
    assert answer.location == f"/staff/orders/{orders[1]}"


@pytest.mark.parametrize("typed", ["mara lindt", "999999", "9" * 40, "", "../../", "１００１"])
def test_anything_else_leads_to_a_search(iris: ShopClient, orders: list[int], typed: str) -> None:
    answer = iris.get("/staff/orders/go", query_string={"q": typed})

    assert answer.status_code == 303
    assert answer.location.startswith("/staff/orders")
    assert iris.get(answer.location).status_code == 200


def test_what_customers_and_staff_wrote_is_never_run(app: Flask, iris: ShopClient) -> None:
    with app.app_context():
        order_id = an_order(paid=True, delivery=LEIPZIG | {"name": SCRIPT, "city": '"><img src=x>'})
        actions.add_note(order_id, text=SCRIPT, key="note-1", by=("staff", 1))

    for query in ("", f"?q={SCRIPT}", "?q=%22%3E%3Cimg+src%3Dx%3E"):
        page = iris.get(f"/staff/orders{query}").text
        assert SCRIPT not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;" in iris.get("/staff/orders").text


def test_a_page_of_the_list_takes_a_handful_of_statements(
    app: Flask,
    iris: ShopClient,
    orders: list[int],
    count_queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    for query in ("", "?state=paid&country=DE&q=mara+lindt", "?sort=highest&matter=refunded&after=1003"):
        with count_queries() as counted:
            iris.get(f"/staff/orders{query}")

        # The sign-in, the policy's countries, the menu's counts, and at most five for the list.
        assert counted.selects <= 9, str(counted)
        assert counted.writes == 0, str(counted)


def test_the_list_is_read_whole_whatever_it_holds(
    app: Flask,
    iris: ShopClient,
    orders: list[int],
    count_queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    with count_queries() as few:
        iris.get("/staff/orders?q=jonas")
    with count_queries() as many:
        iris.get("/staff/orders?q=example")

    assert few.selects == many.selects


@pytest.mark.parametrize("path", ["/staff/orders", "/staff/orders.csv", "/staff/orders/go"])
def test_the_list_is_not_there_for_those_it_is_not_open_to(app: Flask, path: str) -> None:
    with app.app_context():
        shopper, editor = a_customer().id, a_staff_member(role="content").id

    assert browser(app).get(path).status_code == 303
    assert signed_in(app, shopper).get(path).status_code == 404
    assert signed_in(app, editor).get(path).status_code == 404


def test_the_menu_has_no_way_to_what_is_closed(app: Flask) -> None:
    with app.app_context():
        editor = a_staff_member(role="content").id

    page = signed_in(app, editor).get("/staff/shortcuts").text

    assert "/staff/orders" not in page
    assert "Go to an order" in page
    assert 'id="goto"' not in page


def _file(client: ShopClient, query: str = "") -> list[list[str]]:
    answer = client.get(f"/staff/orders.csv{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(answer.text)))


def test_the_file_holds_what_the_list_holds(
    iris: ShopClient, orders: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storefront.staff.orders_file.AT_ONCE", 2)

    header, *lines = _file(iris, "?sort=oldest")

    assert header[:4] == ["Order", "Placed at", "Name", "E-mail address"]
    assert [int(line[0]) for line in lines] == orders
    assert all(len(line) == len(header) for line in lines)
    assert [int(line[0]) for line in _file(iris, "?country=AT")[1:]] == [orders[3]]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "＝1", "'=1"])
def test_no_spreadsheet_runs_a_cell_of_the_file(app: Flask, iris: ShopClient, name: str) -> None:
    with app.app_context():
        an_order(paid=True, email="=1+1@example.org", delivery=LEIPZIG | {"name": name, "city": name})

    line = _file(iris)[1]

    assert line[2] == f"'{name}"
    assert line[4] == f"'{name}"
    assert line[3] == "'=1+1@example.org"


def test_who_takes_a_file_is_on_record(app: Flask, iris: ShopClient, orders: list[int]) -> None:
    _file(iris, "?country=AT")

    with app.app_context():
        (entry,) = audit.history(("orders", "list"))
        assert (entry.verb, entry.actor_kind) == ("orders.exported", "staff")


def test_a_file_of_what_cannot_be_understood_is_refused(iris: ShopClient, orders: list[int]) -> None:
    assert iris.get("/staff/orders.csv?state=everything").status_code == 400
    assert iris.post("/staff/orders.csv").status_code in {400, 405}


def test_the_newest_note_is_searched_and_an_erased_one_is_not(
    app: Flask, iris: ShopClient, frozen: ModuleType
) -> None:
    with app.app_context():
        order_id = an_order()
        note = actions.add_note(order_id, text="Wants gift-wrapping", key="note-1", by=("staff", 1))
    assert len(_numbers(iris.get("/staff/orders?q=gift-wrap").text)) == 1

    with app.app_context():
        frozen.advance(timedelta(minutes=1))
        actions.erase_note(note, order_id=order_id, by=("staff", 1))

    assert _numbers(iris.get("/staff/orders?q=gift-wrap").text) == []


def test_the_box_of_countries_is_written_as_any_other_box(app: Flask) -> None:
    with app.test_request_context("/staff/orders?country=FR"):
        a_policy()
        field = filters_of(request.args).country
        field.choices.append(SelectChoice("XX", SCRIPT))

        written = field()

        assert written == Select()(field)
        assert '<option selected value="FR">' in written
