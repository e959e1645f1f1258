"""A product's variants, pictures and prices on their pages: by hand, with bad files, too large ones, and none."""

import io
from typing import Any

import pytest
from flask import Flask

from storefront.catalogue.models import ProductState
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.builders.catalogue import a_product, the_product, the_variants, variant_facts
from tests.builders.editing import say_of_variant
from tests.builders.pictures import a_picture_of, bytes_of, the_images
from tests.client import ShopClient
from tests.pictures.bad import REFUSED
from tests.pictures.bad import a_picture as noise
from tests.staff.goods import fields, hidden, press, send

NASTY = '"><script>alert(1)</script>'


@pytest.fixture
def staff(app: Flask) -> ShopClient:
    """Somebody who keeps the catalogue, signed in; the shop sells a kit in two sizes."""
    with app.app_context():
        a_policy()
        a_product("kit", variant_facts("S", sku="KIT-S"), variant_facts("M"), options=("Size",))
        person = a_staff_member(role="catalogue").id
    return signed_in(app, person)


@pytest.fixture
def here(app: Flask, staff: ShopClient) -> str:
    """The address of the kit's pages."""
    with app.app_context():
        return f"/staff/products/{the_product('kit').id}"


@pytest.fixture
def variant(app: Flask, staff: ShopClient) -> str:
    """The address of the page of the kit's first variant."""
    with app.app_context():
        return f"/staff/products/variants/{the_variants('kit')[0].id}"


def upload(client: ShopClient, here: str, *files: tuple[bytes, str], **said: Any) -> Any:
    data = {"csrf_token": hidden(client.get(f"{here}/pictures").text)["csrf_token"], **said}
    data["files"] = [(io.BytesIO(content), name) for content, name in files]
    return client.post(f"{here}/pictures", data=data, content_type="multipart/form-data")


def images(app: Flask) -> list[tuple[str, bool]]:
    with app.app_context():
        return [(image.alt, image.is_decorative) for image in the_images()]


def test_a_variant_is_added_with_its_value_and_shown_in_the_shop(
    app: Flask, staff: ShopClient, here: str
) -> None:
    answer = send(staff, f"{here}/variants/new", value1="L", price="49.00", pieces="2")

    assert answer.status_code == 303
    assert "€49.00" in staff.get("/products/kit?size=l").text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"contents": "250", "measure": "g"}, "€9.60 per 100"),
        ({"contents": "0,25", "measure": "kg"}, "€96.00 per kg"),
        ({"contents": "250", "measure": "g", "base": "1 kg"}, "€96.00 per kg"),
        ({"contents": "12", "measure": "piece"}, "€2.00 per piece"),
    ],
)
def test_what_a_variant_contains_is_typed_and_its_unit_price_shown(
    staff: ShopClient, variant: str, typed: dict[str, str], told: str
) -> None:
    assert send(staff, variant, **typed).status_code == 303

    assert told in staff.get("/products/kit").text
    assert send(staff, variant, contents="", measure="").status_code == 303
    assert " per " not in staff.get("/products/kit").text.partition('id="choose"')[2].partition("</div>")[0]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"contents": "some", "measure": "g"}, "A number above zero"),
        ({"contents": "0", "measure": "g"}, "A number above zero"),
        ({"contents": "250", "measure": ""}, "Choose what it is measured in."),
        ({"contents": "", "measure": "g"}, "Say how much there is in it."),
        ({"contents": "250", "measure": "g", "base": "1 l"}, "A price for 1 l cannot be told of 250 g."),
        ({"contents": "250", "measure": "stone"}, "Not a valid choice"),
    ],
)
def test_contents_that_make_no_sense_are_said_beside_their_field(
    staff: ShopClient, variant: str, typed: dict[str, str], reason: str
) -> None:
    answer = send(staff, variant, **typed)

    assert answer.status_code == 400
    assert reason in answer.text


def test_a_new_price_stands_in_the_table_and_the_line(app: Flask, staff: ShopClient, here: str) -> None:
    with app.app_context():
        variant_id = the_variants("kit")[0].id

    assert send(staff, f"/staff/products/variants/{variant_id}", price="19.90").status_code == 303

    page = staff.get(f"{here}/prices").text
    assert "€19.90" in page
    assert "€24.00" in page
    assert page.count("<polyline") == 1


def test_both_versions_of_a_variant_are_shown(app: Flask, staff: ShopClient, here: str) -> None:
    with app.app_context():
        variant_id = the_variants("kit")[0].id
    page = f"/staff/products/variants/{variant_id}"
    opened = staff.get(page).text
    with app.app_context():
        say_of_variant(variant_id, price_minor=2600)

    refused = staff.post(page, data=fields(opened) | {"price": "27.00"})

    assert refused.status_code == 400
    assert "Saved meanwhile: “26.00”" in refused.text
    assert 'value="27.00"' in refused.text


def test_a_variant_is_withdrawn_and_moved_by_buttons(app: Flask, staff: ShopClient, here: str) -> None:
    with app.app_context():
        first, second = (variant.id for variant in the_variants("kit"))

    press(staff, f"{here}/variants", f"/staff/products/variants/{first}/act", "down")
    press(staff, f"{here}/variants", f"/staff/products/variants/{second}/act", "withdraw")

    with app.app_context():
        assert [(v.id, v.is_sold) for v in the_variants("kit")] == [(second, False), (first, True)]
    assert press(staff, here, f"/staff/products/variants/{first}/act", "explode").status_code == 404


def test_options_and_values_are_renamed(app: Flask, staff: ShopClient, here: str) -> None:
    assert send(staff, f"{here}/variants", f"{here}/options", name1="Format").status_code == 303
    send(staff, f"{here}/variants", f"{here}/values", value="1:S", after="Small")

    page = staff.get("/products/kit").text
    assert "Format" in page
    assert "Small" in page


@pytest.mark.parametrize("value", ["", "9:S", "x", "1", ":", "1:nothing"])
def test_a_value_that_there_is_not_is_not_renamed(
    app: Flask, staff: ShopClient, here: str, value: str
) -> None:
    assert send(staff, f"{here}/variants", f"{here}/values", value=value, after="X").status_code == 303

    with app.app_context():
        assert [variant.value1 for variant in the_variants("kit")] == ["S", "M"]


def test_several_pictures_are_hung_at_once(app: Flask, staff: ShopClient, here: str) -> None:
    answer = upload(staff, here, (bytes_of(), "a.jpg"), (bytes_of("PNG"), "b.png"), alt="A growing kit")

    assert answer.status_code == 303
    assert images(app) == [("A growing kit", False)] * 2


def test_of_good_and_bad_files_the_good_are_hung_and_the_bad_named(
    app: Flask, staff: ShopClient, here: str
) -> None:
    answer = upload(
        staff, here, (REFUSED["svg"](), "<script>alert(1)</script>.svg"), (bytes_of(), "a.jpg"), alt="A kit"
    )

    assert answer.status_code == 400
    assert "save it as PNG" in answer.text
    assert "<script>alert" not in answer.text
    assert images(app) == [("A kit", False)]


@pytest.mark.parametrize("name", [name for name in REFUSED if "many" not in name and "48" not in name])
def test_a_bad_file_is_a_sentence_and_nothing_else(
    app: Flask, staff: ShopClient, here: str, name: str
) -> None:
    answer = upload(staff, here, (REFUSED[name](), "kit.jpg"), alt="A kit")

    assert answer.status_code == (413 if name == "21-megabytes" else 400)
    assert images(app) == []


def test_a_picture_needs_words_or_the_word_that_it_decorates(
    app: Flask, staff: ShopClient, here: str
) -> None:
    assert "what the picture shows" in upload(staff, here, (bytes_of(), "a.jpg"), alt=" ").text
    assert images(app) == []

    upload(staff, here, (bytes_of(), "a.jpg"), alt="", is_decorative="y")

    assert images(app) == [("", True)]


def test_a_picture_of_several_megabytes_is_taken(app: Flask, staff: ShopClient, here: str) -> None:
    content = noise("PNG", size=(1800, 1800))
    assert len(content) > 2_000_000

    assert upload(staff, here, (content, "a.png"), alt="A kit").status_code == 303

    assert images(app) == [("A kit", False)]


def test_no_file_and_too_many_are_said(app: Flask, staff: ShopClient, here: str) -> None:
    for files in ([], [(b"x", "a.jpg")] * 21):
        assert "Choose 1 to 20 pictures." in upload(staff, here, *files, alt="A kit").text
    assert images(app) == []


def test_an_upload_of_a_stranger_is_not_even_read(app: Flask, here: str, client: ShopClient) -> None:
    body = {"files": [(io.BytesIO(bytes(2_000_000)), "a.jpg")]}

    answer = client.post(f"{here}/pictures", data=body, content_type="multipart/form-data")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


def test_words_of_a_picture_are_never_markup(app: Flask, staff: ShopClient, here: str) -> None:
    with app.app_context():
        a_picture_of("kit")
        image_id = the_images()[0].id

    assert send(staff, f"/staff/products/pictures/{image_id}", alt=NASTY).status_code == 303

    for page in (f"{here}/pictures", f"{here}/history", "/products/kit"):
        assert "<script>alert" not in staff.get(page).text


def test_pictures_are_moved_and_removed_by_buttons(app: Flask, staff: ShopClient, here: str) -> None:
    with app.app_context():
        files = [a_picture_of("kit") for _each in range(2)]
        ids = [image.id for image in the_images()]

    press(staff, f"{here}/pictures", f"/staff/products/pictures/{ids[1]}/act", "first")
    press(staff, f"{here}/pictures", f"/staff/products/pictures/{ids[0]}/act", "remove")

    with app.app_context():
        assert [image.file for image in the_images()] == files[1:]
    gone = press(staff, f"{here}/pictures", f"/staff/products/pictures/{ids[0]}/act", "remove")
    assert gone.status_code == 404


def test_withdrawn_goods_keep_their_pages_for_staff(app: Flask, staff: ShopClient, here: str) -> None:
    press(staff, here, f"{here}/state", "withdraw")

    with app.app_context():
        assert the_product("kit").state == ProductState.WITHDRAWN
    for page in ("", "/variants", "/pictures", "/prices", "/history", "/preview"):
        assert staff.get(f"{here}{page}").status_code == 200
