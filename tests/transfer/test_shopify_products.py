"""What a Shopify file says of its products is what the shop then sells."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from storefront.catalogue.measures import of_row
from storefront.catalogue.models import Collection, Image, ProductState
from storefront.catalogue.queries import product_page
from storefront.database import session
from storefront.money import Money
from storefront.transfer.products import import_products
from tests.builders.catalogue import a_product, the_product, the_variants, variant_facts
from tests.transfer.files import COLUMNS, a_file, further, plain, sized

pytestmark = pytest.mark.usefixtures("inside")


def test_a_product_with_sizes_has_a_variant_for_each_of_its_rows(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        sized("tee", "Small", Variant_Price="24.00", Variant_SKU="T-S", Variant_Grams="150"),
        further("tee", Option1_Value="Medium", Variant_Price="26", Variant_Compare_At_Price="30.00"),
        further("tee", Image_Src="https://pictures.example/tee.jpg", Image_Alt_Text="A tee"),
    )

    report = import_products(path)

    page = product_page("tee")
    small, medium = page.variants
    assert (report.new, report.left_out) == (1, [])
    assert [(option.name, option.values) for option in page.options] == [("Size", ("Small", "Medium"))]
    assert (small.price, small.was, small.sku, small.weight_grams) == (Money(2400, "EUR"), None, "T-S", 150)
    assert (medium.price, medium.was) == (Money(2600, "EUR"), None)
    # Kept, and not shown as what it was: no history proves it.
    assert [each.compare_at_minor for each in the_variants("tee")] == [None, 3000]


def test_default_title_means_that_there_is_nothing_to_choose(tmp_path: Path) -> None:
    import_products(a_file(tmp_path, plain("teapot")))

    page = product_page("teapot")
    assert page.options == ()
    assert [variant.values for variant in page.variants] == [()]


@pytest.mark.parametrize(
    ("tracker", "quantity", "policy", "on_hand"),
    [
        ("shopify", "7", "deny", 7),
        ("shopify", "7.0", "deny", 7),
        ("shopify", "0", "deny", 0),
        ("shopify", "-3", "deny", 0),
        ("shopify", "", "deny", 0),
        ("shopify", "7", "continue", None),
        ("", "1", "deny", None),
        ("", "", "", None),
    ],
)
def test_stock_is_counted_as_shopify_counts_it(
    tracker: str, quantity: str, policy: str, on_hand: int | None, tmp_path: Path
) -> None:
    row = plain(
        "teapot",
        Variant_Inventory_Tracker=tracker,
        Variant_Inventory_Qty=quantity,
        Variant_Inventory_Policy=policy,
    )

    import_products(a_file(tmp_path, row))

    assert the_variants("teapot")[0].on_hand == on_hand


@pytest.mark.parametrize(("quantity", "on_hand"), [("4", 4), ("", None)])
def test_a_file_without_the_tracker_s_column_is_read_by_its_quantities(
    quantity: str, on_hand: int | None, tmp_path: Path
) -> None:
    row = {"Handle": "teapot", "Title": "Teapot", "Variant Price": "24", "Variant Inventory Qty": quantity}

    import_products(a_file(tmp_path, row, columns=tuple(row)))

    assert the_variants("teapot")[0].on_hand == on_hand


@pytest.mark.parametrize(
    ("status", "published", "state"),
    [
        ("active", "true", ProductState.PUBLISHED),
        ("", "TRUE", ProductState.PUBLISHED),
        ("active", "", ProductState.PUBLISHED),
        ("active", "false", ProductState.DRAFT),
        ("draft", "true", ProductState.DRAFT),
        ("archived", "true", ProductState.DRAFT),
    ],
)
def test_only_what_is_active_and_published_is_shown(
    status: str, published: str, state: ProductState, tmp_path: Path
) -> None:
    import_products(a_file(tmp_path, plain("teapot", Status=status, Published=published)))

    assert the_product("teapot").state == state


def test_what_was_sold_and_is_archived_is_withdrawn(tmp_path: Path) -> None:
    a_product("teapot")

    import_products(a_file(tmp_path, plain("teapot", Status="archived")))

    assert the_product("teapot").state == ProductState.WITHDRAWN


def test_pictures_keep_their_addresses_in_order_and_are_not_fetched(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        plain("teapot", Image_Src="https://pictures.example/2.jpg", Image_Position="2"),
        further(Image_Src="https://pictures.example/1.jpg", Image_Position="1", Image_Alt_Text="The spout"),
        further(Image_Src="https://pictures.example/1.jpg", Image_Position="3"),
        further(Image_Src="file:///etc/passwd", Image_Position="4"),
    )

    report = import_products(path)

    kept = (
        session().execute(sa.select(Image.source_url, Image.alt, Image.file).order_by(Image.position)).all()
    )
    assert [tuple(row) for row in kept] == [
        ("https://pictures.example/1.jpg", "The spout", None),
        ("https://pictures.example/2.jpg", "", None),
    ]
    assert report.notes == [
        "2 pictures were not fetched; their addresses are kept.",
        "1 picture has no address on the web and was passed over.",
    ]


def test_a_collection_or_else_the_type_becomes_a_collection(tmp_path: Path) -> None:
    columns = ("Handle", "Title", "Variant Price", "Collection", "Type")
    rows = [
        {"Handle": "pot", "Title": "Pot", "Variant Price": "1", "Collection": "On the Table", "Type": "Pots"},
        {"Handle": "cup", "Title": "Cup", "Variant Price": "1", "Type": "Cups"},
        {"Handle": "cat", "Title": "Cat", "Variant Price": "1"},
    ]

    import_products(a_file(tmp_path, *rows, columns=columns))

    assert sorted(session().scalars(sa.select(Collection.slug))) == ["cups", "on-the-table"]
    assert [getattr(product_page(slug).collection, "title", None) for slug in ("pot", "cup", "cat")] == [
        "On the Table",
        "Cups",
        None,
    ]


def test_a_collection_that_stands_keeps_its_words(tmp_path: Path) -> None:
    first = plain("pot", Type="Pots")
    import_products(a_file(tmp_path, first))
    standing = session().scalars(sa.select(Collection)).one()
    assert standing.title == "Pots"

    import_products(a_file(tmp_path, {**first, "Type": "POTS"}))

    assert session().scalars(sa.select(Collection.title)).all() == ["Pots"]


@pytest.mark.parametrize(
    ("handle", "slug"),
    [
        ("ocean-blue", "ocean-blue"),
        ("Ocean-Blue", "ocean-blue"),
        ("ocean blue / small", "ocean-blue-small"),
        ("茶壶", "茶壶"),
        ("../../etc/passwd", "etc-passwd"),
        ("чайник", "чайник"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_handle_becomes_the_address_made_fit_where_needed(handle: str, slug: str, tmp_path: Path) -> None:
    report = import_products(a_file(tmp_path, plain(handle)))

    assert report.left_out == []
    assert product_page(slug).title == "Teapot"


@pytest.mark.parametrize(
    "title",
    [
        "Tee" * 100,
        "茶壶 \u202e مرحبا",
        "<script>alert(1)</script>",
        "=1+1",
        "Robert'); DROP TABLE product;--",
    ],
)
def test_a_title_in_any_script_is_text_and_nothing_else(title: str, tmp_path: Path) -> None:
    import_products(a_file(tmp_path, plain("teapot", Title=title)))

    assert product_page("teapot").title == title.replace("\u202e ", "")


def test_the_apostrophe_that_protects_digits_from_spreadsheets_is_taken_off(tmp_path: Path) -> None:
    import_products(a_file(tmp_path, plain("teapot", Variant_SKU="'0012", Variant_Barcode="'4006381333931")))

    variant = the_variants("teapot")[0]
    assert (variant.sku, variant.barcode) == ("0012", "4006381333931")


def test_a_price_before_that_is_not_above_the_price_is_passed_over_and_told(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        plain("low", Variant_Compare_At_Price="20.00"),
        plain("same", Variant_Compare_At_Price="24.00"),
        plain("none", Variant_Compare_At_Price="0.00"),
    )

    report = import_products(path)

    assert [the_variants(slug)[0].compare_at_minor for slug in ("low", "same", "none")] == [None] * 3
    assert report.notes == ["2 prices before are not above the price now and were passed over."]


def test_the_wording_since_2025_is_read_as_the_older_one(tmp_path: Path) -> None:
    row = {
        "Title": "Teapot",
        "URL handle": "teapot",
        "Description": "Holds a litre.",
        "Published on online store": "TRUE",
        "Status": "Active",
        "SKU": "TP",
        "Option1 name": "Colour",
        "Option1 value": "Blue",
        "Price": "24.00",
        "Compare-at price": "30.00",
        "Inventory tracker": "shopify",
        "Inventory quantity": "6",
        "Continue selling when out of stock": "DENY",
        "Weight value (grams)": "900",
        "Requires shipping": "TRUE",
        "Product image URL": "https://pictures.example/pot.jpg",
        "Gift card": "FALSE",
    }

    report = import_products(a_file(tmp_path, row, columns=tuple(row)))

    (variant,) = product_page("teapot").variants
    assert report.left_out == []
    assert (variant.values, variant.sku, variant.on_hand, variant.weight_grams) == (("Blue",), "TP", 6, 900)
    assert (variant.price, the_variants("teapot")[0].compare_at_minor) == (Money(2400, "EUR"), 3000)


def test_what_a_file_has_no_column_for_stays_as_it_is(tmp_path: Path) -> None:
    a_product("teapot", variant_facts(sku="TP", on_hand=4), description="Holds a litre.")
    row = {"Handle": "teapot", "Title": "Teapot", "Variant Price": "19.00"}

    report = import_products(a_file(tmp_path, row, columns=tuple(row)))

    (variant,) = the_variants("teapot")
    assert report.changed == 1
    assert (variant.sku, variant.on_hand, variant.price_minor) == ("TP", 4, 1900)
    assert the_product("teapot").description_html == "<p>Holds a litre.</p>"


@pytest.mark.parametrize("name", ["Color", "Colour", "colour "])
def test_an_option_keeps_its_spelling_and_is_named_by_the_first_row(name: str, tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        sized("tee", "Red", Option1_Name=name),
        further("tee", Option1_Name="Color", Option1_Value="Blue", Variant_Price="24"),
        further("tee", Option1_Name="Colour", Option1_Value="Green", Variant_Price="24"),
    )

    import_products(path)

    assert [(option.name, option.values) for option in product_page("tee").options] == [
        (name.strip(), ("Red", "Blue", "Green"))
    ]


@pytest.mark.parametrize(
    ("cell", "unit", "grams"), [("0.25", "kg", 250), ("250", "", 250), ("1", "lb", 454), ("8", "OZ", 227)]
)
def test_a_weight_with_its_unit_beside_it_is_read_where_there_are_no_grams(
    cell: str, unit: str, grams: int, tmp_path: Path
) -> None:
    columns = (
        *(name for name in COLUMNS if name != "Variant Grams"),
        "Variant Weight",
        "Variant Weight Unit",
    )
    row = plain("teapot", Variant_Weight=cell, Variant_Weight_Unit=unit)

    import_products(a_file(tmp_path, row, columns=columns))

    assert the_variants("teapot")[0].weight_grams == grams


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("250", "g", "100", "g"), "250 g / 100 g"),
        (("250.0", "G", "", ""), "250 g / 100 g"),
        (("0.75", "l", "0", ""), "0.75 l / 1 l"),
        (("75", "cl", "1", "l"), "750 ml / 1 l"),
        (("120", "cm", "1", "m"), "1.2 m / 1 m"),
        (("500", "mg", "10", "g"), "0.5 g / 10 g"),
        (("12", "item", "1", "item"), "12 piece / 1 piece"),
        (("", "", "", ""), None),
        (("0", "g", "100", "g"), None),
    ],
)
def test_contents_are_read_in_shopify_s_words(
    cells: tuple[str, str, str, str], told: str | None, tmp_path: Path
) -> None:
    names = [f"Unit Price {which} Measure{unit}" for which in ("Total", "Base") for unit in ("", " Unit")]
    row = plain("tea", **dict(zip((name.replace(" ", "_") for name in names), cells, strict=True)))

    report = import_products(a_file(tmp_path, row, columns=(*COLUMNS, *names)))

    found = of_row(the_variants("tea")[0])
    assert (str(found) if found else None) == told
    assert report.remarks["unmeasured"] == 0


@pytest.mark.parametrize(
    "cells",
    [("8", "fl oz", "1", "l"), ("250", "g", "1", "l"), ("much", "g", "", ""), ("1e99999", "kg", "", "")],
)
def test_contents_that_we_cannot_measure_are_passed_over_and_told(
    cells: tuple[str, str, str, str], tmp_path: Path
) -> None:
    names = [f"Unit Price {which} Measure{unit}" for which in ("Total", "Base") for unit in ("", " Unit")]
    row = plain("tea", **dict(zip((name.replace(" ", "_") for name in names), cells, strict=True)))

    report = import_products(a_file(tmp_path, row, columns=(*COLUMNS, *names)))

    assert of_row(the_variants("tea")[0]) is None
    assert "1 variant" in report.text()


def test_grams_are_grams_whatever_unit_is_shown(tmp_path: Path) -> None:
    row = plain("teapot", Variant_Grams="900", Variant_Weight_Unit="kg")

    import_products(a_file(tmp_path, row, columns=(*COLUMNS, "Variant Weight Unit")))

    assert the_variants("teapot")[0].weight_grams == 900


def test_a_variant_s_picture_that_stands_nowhere_else_comes_last(tmp_path: Path) -> None:
    rows = [
        sized("tee", "S", Image_Src="https://p.example/1.jpg", Variant_Image="https://p.example/3.jpg"),
        further(
            "tee",
            Option1_Value="M",
            Variant_Price="1",
            Image_Src="https://p.example/2.jpg",
            Variant_Image="https://p.example/1.jpg",
        ),
    ]

    import_products(a_file(tmp_path, *rows, columns=(*COLUMNS, "Variant Image")))

    kept = session().scalars(sa.select(Image.source_url).order_by(Image.position))
    assert list(kept) == [f"https://p.example/{number}.jpg" for number in (1, 2, 3)]


def test_cells_of_several_lines_are_texts_and_names_stay_on_one(tmp_path: Path) -> None:
    body = {"Body (HTML)": "Holds\r\na litre.\r\n\r\n\r\nPours well."}
    path = a_file(
        tmp_path,
        {**plain("teapot", Title="Tea\r\n pot", Vendor="Two\nlines", Image_Alt_Text="A\n\npot"), **body},
        plain("cup", Variant_Price="x"),
    )

    report = import_products(path)

    assert product_page("teapot").title == "Tea pot"
    assert the_product("teapot").description_html == "<p>Holds\na litre.</p><p>Pours well.</p>"
    # Told by the line on which the row begins.
    assert [each.line for each in report.left_out] == [11]


@pytest.mark.parametrize("title", ["1\u00a0kg", "گل\u200cگاوزبان", "👩\u200d🌾"])
def test_what_cannot_be_seen_but_is_part_of_a_text_is_kept(title: str, tmp_path: Path) -> None:
    import_products(a_file(tmp_path, plain("teapot", Title=title)))

    assert product_page("teapot").title == title
