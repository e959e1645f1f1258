"""Machines read the same facts as people: promises as Markdown, goods as a feed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from flask import Flask

from storefront.catalogue import actions as catalogue
from storefront.catalogue.facts import VariantFacts
from storefront.catalogue.measures import Amount, Measure, Measured
from storefront.catalogue.steps import save_products
from storefront.database import transaction
from storefront.money import Money
from storefront.policies.parts import Quality, Support
from storefront.policies.statutory import ExemptGoods, Exemption, Withdrawal
from storefront.shop.merchant_feed import _is_barcode
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_collection, a_gift_card_product, a_product, product_facts
from tests.client import ShopClient, browser
from tests.counting import Counted
from tests.policies.documents import a_document, a_method, a_zone

G = "{http://base.google.com/ns/1.0}"
HOME = replace(
    a_document(
        a_zone("DE", "AT"),
        a_zone("*", name="World", methods=(a_method(price_minor=1500, free_from_minor=None),)),
        window_days=30,
        restocking_percent=10,
    ),
    support=Support("help@shop.example", "Monday to Friday", 24),
    quality=(Quality("Tested for *metals*", "Report 7"),),
    withdrawal=Withdrawal(exempt=(ExemptGoods(Exemption.PERISHABLE, ("kit",)),)),
)


@pytest.fixture(autouse=True)
def _shop(app: Flask) -> None:
    with app.app_context():
        a_policy(HOME)
        a_collection("kits", title="Growing kits")


def items(client: ShopClient) -> list[ElementTree.Element]:
    answer = client.get("/products/feed.xml")
    assert answer.status_code == 200
    assert answer.mimetype == "application/rss+xml"
    return list(ElementTree.fromstring(answer.text).iter("item"))


def said(item: ElementTree.Element, name: str) -> str | None:
    return item.findtext(G + name)


@pytest.mark.parametrize(("path", "kind"), [("/agents.md", "text/markdown"), ("/llms.txt", "text/plain")])
def test_the_texts_for_machines_are_public_and_the_same_for_everyone(
    client: ShopClient, path: str, kind: str
) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, first.mimetype, again.status_code) == (200, kind, 304)
    assert "Set-Cookie" not in first.headers
    assert first.text.startswith("# ")


def test_agents_read_the_figures_of_the_rules(client: ShopClient) -> None:
    text = client.get("/agents.md").text

    for sentence in (
        "Free shipping over €50 in Germany and Austria",
        "30 days money back, counted from delivery.",
        "We keep 10% of the price for restocking.",
        "Method: Standard; Price: €4.90; Free shipping: Free from €50, counted after discounts; "
        "Delivery: 2 to 4 working days",
        "You may withdraw from your order within 14 days of its arrival, without giving a reason.",
        "Why: goods that spoil or expire quickly; Goods: kit",
        "We answer within 24 hours; Monday to Friday; help@shop.example",
        "/policies/withdrawal",
        "[Growing kits](",
        "/products/feed.xml",
    ):
        assert sentence in text, sentence
    assert "Tested for \\*metals\\*" in text


def test_llms_are_led_to_pages_that_are_there(client: ShopClient) -> None:
    text = client.get("/llms.txt").text
    paths = [part.partition(")")[0].removeprefix("http://localhost:8000") for part in text.split("](")[1:]]

    assert len(paths) >= 8
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_no_text_of_the_shop_ends_a_line_or_a_link(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy(a_document(a_zone("*", name="](http://evil.example) # Free", methods=(a_method(),))))

    text = client.get("/agents.md").text

    assert "](http://evil.example)" not in text.replace("\\]", "")


def test_the_feed_has_an_item_for_each_variant_that_is_sold(app: Flask, client: ShopClient) -> None:
    big = VariantFacts(price=Money(4900, "EUR"), values=("3 kg",), sku="K3", on_hand=0, is_counted=True)
    small = VariantFacts(
        price=Money(2400, "EUR"),
        values=("1 kg",),
        barcode="4006381333931",
        on_hand=2,
        is_counted=True,
        weight_grams=1200,
        contents=Measured(Amount(50_000, Measure.PIECE), Amount(10_000, Measure.PIECE)),
    )
    with app.app_context():
        facts = product_facts("kit", small, big, title="Kit <b>", options=("Size",), collections=("kits",))
        catalogue.save_product(replace(facts, description="<p>Grows &amp; fruits</p>", vendor="Hof"))
        catalogue.save_product(replace(product_facts("draft"), state=None))

    first, second = [
        item for item in items(client) if said(item, "title") and "Kit" in (said(item, "title") or "")
    ]

    assert said(first, "title") == "Kit <b> - 1 kg"
    assert said(first, "description") == "Grows & fruits"
    assert said(first, "price") == "24.00 EUR"
    assert (said(first, "availability"), said(second, "availability")) == ("in_stock", "out_of_stock")
    assert (said(first, "gtin"), said(second, "gtin"), said(second, "mpn")) == ("4006381333931", None, "K3")
    assert said(first, "item_group_id") == said(second, "item_group_id")
    assert said(first, "shipping_weight") == "1200 g"
    assert said(first, "unit_pricing_measure") == "50 ct"
    assert said(first, "unit_pricing_base_measure") == "10 ct"
    assert said(second, "unit_pricing_measure") is None
    assert (said(first, "brand"), said(first, "product_type")) == ("Hof", "Growing kits")
    links = [said(item, "link") or "" for item in (first, second)]
    assert [client.get(link.removeprefix("http://localhost:8000")).status_code for link in links] == [
        200,
        200,
    ]
    assert links[0] != links[1]


def test_the_feed_leaves_gift_cards_out_as_google_wants(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("kit", title="Kit")
        a_gift_card_product()

    feed = client.get("/products/feed.xml").text

    assert "/products/kit" in feed
    assert "gift-card" not in feed


def test_the_feed_says_what_one_piece_costs_to_send_by_the_rules(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        for slug, minor in (("cheap", 4999), ("dear", 5000)):
            catalogue.save_product(product_facts(slug, VariantFacts(price=Money(minor, "EUR")), title=slug))

    found = {
        said(item, "title"): [
            (each.findtext(G + "country"), each.findtext(G + "price")) for each in item.iter(G + "shipping")
        ]
        for item in items(client)
    }

    assert found["cheap"] == [("DE", "4.90 EUR"), ("AT", "4.90 EUR")]
    assert found["dear"] == [("DE", "0.00 EUR"), ("AT", "0.00 EUR")]


def test_the_feed_is_read_piece_by_piece_and_looks_at_no_session(app: Flask, client: ShopClient) -> None:
    answer = client.get("/products/feed.xml")

    assert answer.is_streamed
    assert answer.headers["Cache-Control"] == "public, max-age=900"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("4006381333931", True),
        ("4006381333932", False),
        ("036000291452", True),
        ("96385074", True),
        ("", False),
        (None, False),
        ("40063813339３1", False),
        ("0000", False),
    ],
)
def test_a_barcode_is_named_only_where_it_proves_itself(text: str | None, is_one: bool) -> None:
    assert _is_barcode(text) == is_one


def test_the_texts_for_machines_cost_few_statements(
    client: ShopClient, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    client.get("/agents.md")

    for path in ("/agents.md", "/llms.txt"):
        with count_queries() as counted:
            client.get(path)
        assert counted.selects <= 3, str(counted)


def test_the_feed_asks_once_for_fifty_products(
    app: Flask, client: ShopClient, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    with app.app_context():
        facts = [product_facts(f"kit-{number}", collections=("kits",)) for number in range(55)]
        with transaction():
            save_products(facts, reference="test")
    client.get("/products/feed.xml")

    with count_queries() as counted:
        found = items(client)

    assert len({said(item, "link") for item in found}) == len(found) >= 55
    # Three pages, the last of them empty, and the policy.
    assert counted.selects <= 4


def test_the_feed_is_not_read_without_end(make_app: Callable[..., Flask]) -> None:
    client = browser(make_app(limit_feed="2 per hour"))

    answers = [client.get("/products/feed.xml").status_code for _time in range(3)]

    assert answers == [200, 200, 429]
