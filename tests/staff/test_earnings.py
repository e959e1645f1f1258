"""What posts earn, as staff see it: the ledger's figures, in charts, tables and a file, for whom it is open."""

import csv
import io
import re

import pytest
from flask import Flask

from storefront.cart.contents import CartLine
from storefront.database import release
from storefront.money import Money
from storefront.refunds.deciding import refund_order
from storefront.refunds.reckoning import Wanted
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_variant
from tests.builders.content import a_post
from tests.builders.orders import pay, settle_refunds
from tests.builders.refunds import INES
from tests.client import ShopClient
from tests.reports.test_earnings import an_order_of

pytestmark = pytest.mark.usefixtures("frozen")

PERMITTED = {"owner": 200, "content": 200, "orders": 404, "refunds": 404, "catalogue": 404, "support": 404}


def somebody(app: Flask, role: str) -> ShopClient:
    """A browser of a member of staff in that role."""
    with app.app_context():
        person = a_staff_member(role=role)
    return signed_in(app, person)


def sell(app: Flask) -> tuple[int, int]:
    """The ids of two posts, of which one sold 24.00 and gave 10.00 of it back; 5.00 were sold directly."""
    with app.app_context():
        a_policy()
        kit, cup = a_variant(price_minor=2400).id, a_variant(price_minor=500).id
        diary, other = a_post(title="=Diary <b>").id, a_post(title="Other").id
        order_id = an_order_of(CartLine(kit, 1, None, diary), first=other)
        pay(order_id)
        wanted = Wanted(amount=Money(1000, "EUR"))
        refund_order(order_id, wanted, reason="damaged", note="", form_key="0" * 32, by=INES)
        release()
        settle_refunds(order_id)
        pay(an_order_of(CartLine(cup, 1)))
        release()
    return diary, other


def row(text: str, title: str) -> list[str]:
    """The cells beside a title in the table of posts."""
    found = re.search(rf'<th scope="row">(?:<a[^>]*>)?{re.escape(title)}(?:</a>)?</th>(.+?)</tr>', text)
    assert found, text
    return re.findall(r"<td[^>]*>([^<]*)</td>", found[1])


def test_each_post_stands_with_what_it_earned_net_of_refunds_and_why(app: Flask) -> None:
    diary, _other = sell(app)

    text = somebody(app, "owner").get("/staff/earnings").text

    cells = row(text, "=Diary &lt;b&gt;")
    assert cells == ["1", "1", "€24.00", "-€10.00", "€0.00", "€14.00", "41.7%", "Damaged €10.00"]
    assert row(text, "Direct")[1:6] == ["1", "€5.00", "€0.00", "€0.00", "€5.00"]
    assert row(text, "In all")[1:6] == ["2", "€29.00", "-€10.00", "€0.00", "€19.00"]
    assert f'href="/staff/posts/{diary}"' in text
    assert "<polyline" in text
    assert '<rect class="bar"' in text


def test_what_the_shop_took_besides_is_for_who_sees_its_figures(app: Flask) -> None:
    sell(app)
    owner, editor = somebody(app, "owner"), somebody(app, "content")

    seen = {who: client.get("/staff/earnings").text for who, client in (("owner", owner), ("editor", editor))}
    files = {
        who: client.get("/staff/earnings.csv").text for who, client in (("owner", owner), ("editor", editor))
    }

    assert row(seen["editor"], "=Diary &lt;b&gt;")[:6] == ["1", "1", "€24.00", "-€10.00", "€0.00", "€14.00"]
    assert row(seen["editor"], "Through posts")[1:6] == ["1", "€24.00", "-€10.00", "€0.00", "€14.00"]
    assert "<polyline" in seen["editor"]
    for told in ("€29.00", "€19.00", "€5.00", "Direct", "In all", "all takings"):
        assert told in seen["owner"], told
        assert told not in seen["editor"], told
    assert {line.split(",")[2] for line in files["owner"].splitlines()[1:]} == {"Post", "Direct", "In all"}
    assert {line.split(",")[2] for line in files["editor"].splitlines()[1:]} == {"Post"}


@pytest.mark.parametrize(("view", "title"), [("first", "Other"), ("card", "=Diary &lt;b&gt;")])
def test_a_sale_is_put_down_to_the_post_that_the_view_asks_for(app: Flask, view: str, title: str) -> None:
    sell(app)

    text = somebody(app, "owner").get(f"/staff/earnings?view={view}").text

    assert row(text, title)[2] == "€24.00"
    assert ("This shop does not remember which posts were read" in text) is (view != "card")


@pytest.mark.parametrize(
    "query", ["", "?view=last", "?span=1", "?view=nobody&span=x", "?span=days&first=x&last="]
)
def test_a_shop_without_sales_and_an_address_that_means_nothing_show_an_empty_page(
    app: Flask, query: str
) -> None:
    page = somebody(app, "owner").get("/staff/earnings" + query)

    assert page.status_code == 200
    assert "No post earned anything in these days." in page.text
    assert "<polyline" not in page.text


def test_the_file_has_the_pages_figures_and_runs_nothing(app: Flask) -> None:
    sell(app)
    client = somebody(app, "owner")

    link = re.search(r'href="([^"]+earnings\.csv[^"]*)"', client.get("/staff/earnings?span=7").text)
    assert link
    answer = client.get(link[1].replace("&amp;", "&"))
    lines = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.mimetype == "text/csv"
    assert [line["Title"] for line in lines if line["Kind"] == "Post"] == ["'=Diary <b>"]
    for column in ("Sales", "Refunds", "Disputes", "Net"):
        sums = {kind: sum(float(line[column]) for line in lines if line["Kind"] == kind) for kind in _KINDS}
        assert sums["Post"] + sums["Direct"] == sums["In all"]
    assert sum(float(line["Net"]) for line in lines if line["Kind"] == "In all") == 19.0


_KINDS = ("Post", "Direct", "In all")


@pytest.mark.parametrize(("role", "status"), PERMITTED.items())
def test_only_who_looks_after_the_journal_sees_what_it_earns(app: Flask, role: str, status: int) -> None:
    client = somebody(app, role)

    answers = [client.get(path).status_code for path in ("/staff/earnings", "/staff/earnings.csv")]

    assert answers == [status, status]
    assert ("What posts earn" in client.get("/staff").text) is (status == 200)


def test_a_posts_own_page_says_in_a_line_what_it_earned(app: Flask) -> None:
    diary, other = sell(app)
    client = somebody(app, "content")

    sold, unsold = client.get(f"/staff/posts/{diary}").text, client.get(f"/staff/posts/{other}").text

    assert "1 order through its cards and links brought €14.00, net of refunds." in sold
    assert "Nothing was bought through its cards and links yet." in unsold
