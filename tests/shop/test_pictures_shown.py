"""Pictures on pages and in mails: in the width that fits, with their size and their words, or a plain print."""

import json
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import jobs
from storefront.catalogue.models import Product
from storefront.database import session
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_product, the_variants
from tests.builders.mail import the_newest_mail
from tests.builders.orders import an_order
from tests.builders.pictures import a_picture_of
from tests.client import ShopClient

_TAG = re.compile(r"<(?:img|source)\b[^>]*>")


@pytest.fixture(autouse=True)
def _policy(app: Flask) -> None:
    with app.app_context():
        a_policy()


def pictures_on(client: ShopClient, path: str) -> list[str]:
    return _TAG.findall(client.get(path).text)


def widths(tag: str) -> list[str]:
    return re.findall(r"-\d+\.webp (\d+)w", tag)


def test_the_gallery_offers_every_width_and_opens_the_largest(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("teapot")
        file = a_picture_of("teapot", width=1200, sized=True)

    page = client.get("/products/teapot").text

    source, image = _TAG.findall(page)
    assert widths(source) == ["320", "640", "960", "1200"]
    assert 'sizes="(min-width: 56rem)' in source
    assert 'width="1200" height="1500" alt="A teapot"' in image
    assert f'src="/pictures/{file.replace(".jpg", "-640.jpg")}"' in image
    assert f'<a class="plate" href="/pictures/{file}">' in page


@pytest.mark.parametrize("path", ["/", "/products"])
def test_a_card_offers_every_width(path: str, app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("teapot")
        a_picture_of("teapot", sized=True)

    assert [widths(tag) for tag in pictures_on(client, path) if tag.startswith("<source")][-1] == [
        "320",
        "640",
        "800",
    ]


def test_until_the_sizes_are_made_the_picture_itself_is_shown(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("teapot")
        file = a_picture_of("teapot")

    (image,) = pictures_on(client, "/products/teapot")

    assert f'src="/pictures/{file}"' in image
    assert 'width="800" height="1000"' in image


def test_every_address_that_a_page_names_is_answered(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("teapot")
        a_picture_of("teapot", kind="WEBP", sized=True)
    page = client.get("/products/teapot").text

    answers = {path: client.get(path) for path in re.findall(r"/pictures/[\w.-]+", page)}

    assert len(answers) == 5
    assert {answer.status_code for answer in answers.values()} == {200}
    assert {answer.mimetype for answer in answers.values()} == {"image/webp", "image/jpeg"}


def test_without_a_picture_a_plain_print_stands_in_its_place(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("teapot")

    page = client.get("/products/teapot").text

    assert 'class="plate plate-empty"' in page
    assert not _TAG.findall(page)


def test_machines_are_told_the_whole_address_of_every_picture(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("teapot")
        files = [a_picture_of("teapot", sized=True), a_picture_of("teapot")]

    page = client.get("/products/teapot").text

    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(found[0])["image"] == [f"http://localhost/pictures/{file}" for file in files]


def test_in_the_cart_a_picture_says_nothing_that_the_title_says(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_product("teapot")
        a_picture_of("teapot", sized=True)
        variant = the_variants("teapot")[0].id
    client.post("/cart/lines", data={"variant": variant, "quantity": "1"})

    source, image = pictures_on(client, "/cart")

    assert 'sizes="5rem"' in source
    assert 'alt=""' in image


def test_a_mail_shows_pictures_by_whole_addresses_in_a_format_that_mail_programs_know(app: Flask) -> None:
    with app.app_context():
        an_order(paid=True)
        slug = session().scalars(sa.select(Product.slug)).one()
        file = a_picture_of(slug, kind="WEBP", sized=True)
    jobs.drain(app)

    with app.app_context():
        (image,) = _TAG.findall(the_newest_mail().html or "")

    assert f'src="http://localhost/pictures/{file.replace(".webp", "-640.jpg")}"' in image
    assert 'width="64" height="80" alt=""' in image
