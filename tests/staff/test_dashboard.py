"""The first staff page: the ledger's figures, each part for whom it is open."""

import csv
import io
import re
from types import ModuleType

import pytest
from flask import Flask

from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.catalogue import a_variant
from tests.builders.orders import a_dispute, an_order, pay_too_late, settle_refunds
from tests.client import ShopClient
from tests.counting import Counting

pytestmark = pytest.mark.usefixtures("frozen")


def somebody(app: Flask, role: str) -> ShopClient:
    """A browser of a member of staff in that role."""
    with app.app_context():
        person = a_staff_member(role=role)
    return signed_in(app, person)


def sell(app: Flask) -> None:
    """Two paid orders of 50.00 and 18.00 with shipping at 4.90 each, and one whose money went back."""
    with app.app_context():
        an_order(title="Kettle <b>", price_minor=5000, paid=True)
        an_order(title="Cup", price_minor=900, pieces=2, paid=True, cart_id="cart-2")
        late = an_order(title="Tray", price_minor=3000, cart_id="cart-3")
        pay_too_late(late)
        settle_refunds(late)


def figures(text: str) -> dict[str, str]:
    """The large numbers by their titles."""
    return dict(re.findall(r"<div><dt>([^<]+)</dt><dd>([^<]+)<", text))


def minor(text: str) -> int:
    """€1,234.50 in cents."""
    return int(re.sub(r"[^\d-]", "", text.replace("−", "-")))


def test_the_figures_are_the_ledgers_and_the_table_says_the_same(app: Flask) -> None:
    sell(app)

    text = somebody(app, "owner").get("/staff").text

    shown = figures(text)
    sums = re.search(r"<tfoot><tr>(.+?)</tr></tfoot>", text, re.DOTALL)
    assert sums
    total = re.findall(r'<td class="amount">([^<]+)</td>', sums[1])
    assert shown["Orders"] == total[0] == "3"
    assert (shown["Sales"], shown["Net takings"]) == (total[1], total[4])
    assert minor(shown["Refunds"]) == -minor(total[2])
    assert minor(shown["Net takings"]) == minor(shown["Sales"]) - minor(shown["Refunds"])


def test_the_table_and_the_file_have_the_charts_figures(app: Flask) -> None:
    sell(app)
    client = somebody(app, "owner")

    text = client.get("/staff?span=7").text
    link = re.search(r'href="([^"]+sales\.csv[^"]*)"', text)
    assert link
    lines = list(csv.reader(io.StringIO(client.get(link[1].replace("&amp;", "&")).text)))

    hints = re.findall(r"<rect class=\"bar\"[^>]*><title>([^<]+): (\d+)</title>", text)
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td class="amount">(\d+)</td>', text)
    assert len(hints) == 7
    assert hints == rows[:7]
    assert [line[2] for line in lines[1:]] == [orders for _name, orders in hints]
    assert lines[-1][:2] == ["2026-06-17", "2026-06-17"]


def test_an_empty_shop_says_so_and_draws_nothing(app: Flask) -> None:
    text = somebody(app, "owner").get("/staff").text

    assert "No order was paid in these days." in text
    assert "<polyline" not in text


def test_a_title_cannot_run_anything(app: Flask) -> None:
    sell(app)

    text = somebody(app, "owner").get("/staff").text

    assert "Kettle &lt;b&gt;" in text
    assert "Kettle <b>" not in text


@pytest.mark.parametrize(
    ("role", "sees_sales", "sees_goods"),
    [
        ("owner", True, True),
        ("orders", True, True),
        ("refunds", True, False),
        ("catalogue", False, True),
        ("content", False, True),
        ("support", False, True),
    ],
)
def test_each_part_is_shown_to_whom_it_is_open(
    app: Flask, role: str, sees_sales: bool, sees_goods: bool
) -> None:
    with app.app_context():
        a_variant(title="Last cup", on_hand=1)
    client = somebody(app, role)

    text = client.get("/staff").text

    assert ("Net takings" in text) is sees_sales
    assert ("Last cup" in text) is sees_goods
    assert client.get("/staff/sales.csv").status_code == (200 if sees_sales else 404)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("span=days&first=2026-06-02&last=2026-06-01", "The last day comes before the first."),
        ("span=days&first=2026-06-02", "Chosen days need a first and a last one."),
        ("span=days&first=1000-01-01&last=2026-06-01", "A report covers ten years at most"),
        ("span=days&first=2010-01-01&last=2026-06-01", "A report covers ten years at most"),
        ("span=days&first=abc&last=2026-06-01", "Not a valid date"),
        ("span=nonsense", "Not a valid choice"),
        ("by=hour", "Not a valid choice"),
        ("span=days&first=9999-12-31&last=9999-12-31", "A report covers ten years at most"),
    ],
)
def test_a_period_that_cannot_be_is_told_and_the_usual_one_shown(app: Flask, query: str, said: str) -> None:
    answer = somebody(app, "owner").get(f"/staff?{query}")

    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert said in answer.text
    assert "May 19, 2026 to June 17, 2026" in answer.text


@pytest.mark.parametrize("query", ["_external=1&_scheme=x", "first=%00", "span=&by=", "span=1&span=7"])
def test_odd_addresses_are_no_fault(app: Flask, query: str) -> None:
    assert somebody(app, "owner").get(f"/staff?{query}").status_code == 200


@pytest.mark.parametrize(("span", "rows"), [("1", 1), ("30", 30), ("365", 13), ("year", 25), ("month", 17)])
def test_the_page_asks_as_few_things_of_a_year_as_of_a_day(
    app: Flask, count_queries: Counting, frozen: ModuleType, span: str, rows: int
) -> None:
    sell(app)
    client = somebody(app, "owner")

    with count_queries() as counted:
        text = client.get(f"/staff?span={span}").text

    body = re.search(r"<tbody>(.+?)</tbody>", text, re.DOTALL)
    assert body
    assert body[1].count("<tr>") == rows
    assert counted.selects <= 9, str(counted)
    assert counted.writes == 0


def test_what_is_to_be_packed_and_answered_leads_to_exactly_that(app: Flask) -> None:
    sell(app)
    with app.app_context():
        a_dispute(1)
        a_dispute(2, status="lost")
    client = somebody(app, "owner")

    waits = re.findall(r'<li><a href="([^"]+)"><b>(\d+)</b> ([^<]+)</a></li>', client.get("/staff").text)

    found = {
        text: (
            count,
            re.findall(r'<th scope="row"><a[^>]*>(\d+)</a>', client.get(url.replace("&amp;", "&")).text),
        )
        for url, count, text in waits
        if "/orders" in url
    }
    assert found == {"orders to pack": ("2", ["1001", "1002"]), "dispute to answer": ("1", ["1001"])}
