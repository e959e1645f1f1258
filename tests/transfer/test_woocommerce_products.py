"""What a WooCommerce file says of its products is what the shop then sells."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from storefront import clock
from storefront.catalogue.models import Collection, Image, ProductState
from storefront.catalogue.queries import product_page
from storefront.database import session
from storefront.money import Money
from storefront.transfer.products import import_products
from tests.builders.catalogue import the_product, the_variants
from tests.transfer.woo_files import COLUMNS, a_woo_file, simple, variable, variation

pytestmark = pytest.mark.usefixtures("inside")


def test_a_simple_product_has_one_variant_and_nothing_to_choose(tmp_path: Path) -> None:
    path = a_woo_file(
        tmp_path, simple("Tea pot", SKU="TP", Short_description="<em>Holds</em> a litre &amp; more")
    )

    report = import_products(path)

    (variant,) = product_page("tea-pot").variants
    assert (report.new, report.left_out) == (1, [])
    assert (variant.values, variant.sku, variant.price) == ((), "TP", Money(2400, "EUR"))
    assert the_product("tea-pot").subtitle == "Holds a litre & more"


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (1, 2, 0)])
def test_variations_find_their_parent_wherever_they_stand(order: tuple[int, ...], tmp_path: Path) -> None:
    rows = (variable(ID="7"), variation("M", Position="2", SKU="T-M"), variation("S", "id:7", Position="1"))
    between = [simple(f"Cup {number}") for number in range(2)]
    ordered = [rows[number] for number in order]

    report = import_products(a_woo_file(tmp_path, ordered[0], *between, *ordered[1:]))

    page = product_page("tee")
    assert (report.new, report.left_out) == (3, [])
    assert [(option.name, option.values) for option in page.options] == [("Size", ("S", "M"))]
    assert [variant.sku for variant in the_variants("tee")] == [None, "T-M"]


def test_a_parent_is_found_by_its_sku_whatever_its_case(tmp_path: Path) -> None:
    report = import_products(a_woo_file(tmp_path, variable(sku="CC-Tee"), variation("S", "cc-tee")))

    assert (report.new, report.left_out) == (1, [])


def test_a_blank_value_stands_for_every_value_that_no_other_variation_names(tmp_path: Path) -> None:
    path = a_woo_file(
        tmp_path,
        variable(sizes="S, M, L"),
        variation("", Regular_price="20", Position="1"),
        variation("M", Regular_price="25", Position="2"),
    )

    report = import_products(path)

    assert [(v.value1, v.price_minor) for v in the_variants("tee")] == [("S", 2000), ("L", 2000), ("M", 2500)]
    assert report.notes == ["1 variation stands for any value of an option and became a variant for each."]


def test_values_in_one_cell_may_hold_commas_and_entities(tmp_path: Path) -> None:
    rows = [
        variable(sizes="Small\\, round, Tea &amp; cup"),
        variation("Small\\, round"),
        variation("tea &amp; cup"),
    ]

    import_products(a_woo_file(tmp_path, *rows))

    assert product_page("tee").options[0].values == ("Small, round", "Tea & cup")


@pytest.mark.parametrize(("product", "row"), [("Colour", "Color"), ("Color", "colour"), ("Color", "Color")])
def test_an_option_is_one_in_both_spellings_and_keeps_the_product_s(
    product: str, row: str, tmp_path: Path
) -> None:
    rows = [
        variable(sizes="Red, Blue") | {"Attribute 1 name": product},
        variation("Red") | {"Attribute 1 name": row},
        variation("Blue") | {"Attribute 1 name": product},
    ]

    import_products(a_woo_file(tmp_path, *rows))

    assert [(option.name, option.values) for option in product_page("tee").options] == [
        (product, ("Red", "Blue"))
    ]


def test_an_attribute_that_no_variation_differs_by_is_no_option(tmp_path: Path) -> None:
    rows = [
        variable() | {"Attribute 2 name": "Material", "Attribute 2 value(s)": "Linen"},
        variation("S"),
        simple() | {"Attribute 1 name": "Colour", "Attribute 1 value(s)": "Blue"},
    ]

    report = import_products(a_woo_file(tmp_path, *rows))

    assert [option.name for option in product_page("tee").options] == ["Size"]
    assert product_page("teapot").options == ()
    assert report.notes == ["2 attributes offer no choice and were passed over."]


@pytest.mark.parametrize(
    ("regular", "sale", "starts", "ends", "price", "was"),
    [
        ("24", "", "", "", 2400, None),
        ("24.50", "20", "", "", 2000, 2450),
        ("24", "0", "", "", 0, 2400),
        ("24", "24", "", "", 2400, None),
        ("24", "30", "", "", 2400, None),
        ("24", "20", "2026-05-02", "", 2400, None),
        ("24", "20", "2026-05-01", "", 2000, 2400),
        ("24", "20", "", "2026-05-01", 2000, 2400),
        ("24", "20", "", "2026-04-30 23:59:59", 2400, None),
    ],
)
def test_a_sale_price_counts_on_its_days_and_below_the_regular_one(
    regular: str, sale: str, starts: str, ends: str, price: int, was: int | None, tmp_path: Path
) -> None:
    row = simple(Regular_price=regular, Sale_price=sale) | {
        "Date sale price starts": starts,
        "Date sale price ends": ends,
    }

    with clock.frozen(datetime(2026, 5, 1, 12, tzinfo=UTC)):
        import_products(a_woo_file(tmp_path, row))

    (variant,) = the_variants("teapot")
    assert (variant.price_minor, variant.compare_at_minor) == (price, was)


@pytest.mark.parametrize(
    ("stock", "in_stock", "backorders", "on_hand"),
    [
        ("7", "1", "0", 7),
        ("7.0", "1", "", 7),
        ("0", "0", "0", 0),
        ("-2", "0", "0", 0),
        ("7", "1", "notify", None),
        ("0", "backorder", "1", None),
        ("", "1", "0", None),
        ("", "0", "0", 0),
    ],
)
def test_stock_is_counted_as_woocommerce_counts_it(
    stock: str, in_stock: str, backorders: str, on_hand: int | None, tmp_path: Path
) -> None:
    path = a_woo_file(tmp_path, simple(Stock=stock, in_stock=in_stock, backorders=backorders))

    import_products(path)

    assert the_variants("teapot")[0].on_hand == on_hand


def test_pieces_counted_for_the_product_are_those_of_its_only_variation(tmp_path: Path) -> None:
    import_products(a_woo_file(tmp_path, variable(Stock="4"), variation("S", Stock="parent")))

    assert [variant.on_hand for variant in the_variants("tee")] == [4]


@pytest.mark.parametrize(
    ("header", "cell", "grams"),
    [
        ("Weight (kg)", "0.25", 250),
        ("Weight (g)", "250", 250),
        ("Weight (lbs)", "1", 454),
        ("Weight (oz)", "8", 227),
        ("Weight (kg)", "", 0),
        ("WEIGHT (KG)", "1.0004", 1000),
    ],
)
def test_weights_are_read_in_the_unit_of_the_header(
    header: str, cell: str, grams: int, tmp_path: Path
) -> None:
    columns = (*(name for name in COLUMNS if name != "Weight (kg)"), header)

    import_products(a_woo_file(tmp_path, simple() | {header: cell}, columns=columns))

    assert the_variants("teapot")[0].weight_grams == grams


def test_a_weight_without_a_unit_is_passed_over_and_told(tmp_path: Path) -> None:
    report = import_products(
        a_woo_file(tmp_path, simple() | {"Weight": "3"}, columns=(*COLUMNS[:13], *COLUMNS[14:], "Weight"))
    )

    assert report.notes == ["1 weight has no unit in the header and was passed over."]


def test_a_variation_without_a_weight_weighs_what_its_product_does(tmp_path: Path) -> None:
    import_products(
        a_woo_file(tmp_path, variable(weight="0.2"), variation("S"), variation("M", weight="0.3"))
    )

    assert [variant.weight_grams for variant in the_variants("tee")] == [200, 300]


def test_what_is_virtual_needs_no_shipping(tmp_path: Path) -> None:
    rows = [
        simple("Lesson", Type="simple, virtual"),
        variable(),
        variation("S", Type="variation, virtual"),
        variation("M"),
    ]

    import_products(a_woo_file(tmp_path, *rows))

    shipped = [v.requires_shipping for slug in ("lesson", "tee") for v in the_variants(slug)]
    assert shipped == [False, False, True]


@pytest.mark.parametrize(
    ("published", "visibility", "state"),
    [
        ("1", "visible", ProductState.PUBLISHED),
        ("", "catalog", ProductState.PUBLISHED),
        ("1", "hidden", ProductState.DRAFT),
        ("0", "visible", ProductState.DRAFT),
        ("-1", "visible", ProductState.DRAFT),
        # As WooCommerce writes it, lest a spreadsheet runs it.
        ("'-1", "visible", ProductState.DRAFT),
    ],
)
def test_only_what_is_published_and_visible_is_shown(
    published: str, visibility: str, state: ProductState, tmp_path: Path
) -> None:
    row = simple(Published=published) | {"Visibility in catalog": visibility}

    import_products(a_woo_file(tmp_path, row))

    assert the_product("teapot").state == state


def test_a_variation_that_is_switched_off_is_not_sold(tmp_path: Path) -> None:
    report = import_products(a_woo_file(tmp_path, variable(), variation("S"), variation("M", Published="0")))

    assert [variant.value1 for variant in the_variants("tee")] == ["S"]
    assert report.notes == ["1 variation is switched off and is not sold."]


def test_each_category_is_a_collection_at_the_address_of_its_whole_path(tmp_path: Path) -> None:
    rows = [
        simple("A", Categories="Clothing > Hoodies, Gifts"),
        simple("B", Categories="Women > Shirts"),
        simple("C", Categories="Men > Shirts"),
        simple("D", Categories="Tea &amp; Cups\\, Pots"),
        simple("E", Categories="Uncategorized"),
    ]

    import_products(a_woo_file(tmp_path, *rows))

    shelves = session().execute(sa.select(Collection.slug, Collection.title).order_by(Collection.slug))
    assert [tuple(row) for row in shelves] == [
        ("clothing-hoodies", "Hoodies"),
        ("gifts", "Gifts"),
        ("men-shirts", "Shirts (Men)"),
        ("tea-cups-pots", "Tea & Cups, Pots"),
        ("women-shirts", "Shirts (Women)"),
    ]


def test_pictures_of_product_and_variations_are_kept_each_once_in_order(tmp_path: Path) -> None:
    one, two, three = (f"https://pictures.example/{n}.jpg" for n in (1, 2, 3))
    rows = [
        variable(Images=f"{two}, {one},{two}, ftp://pictures.example/4.jpg"),
        variation("S", Images=three),
        variation("M", Images=one),
    ]

    report = import_products(a_woo_file(tmp_path, *rows))

    assert list(session().scalars(sa.select(Image.source_url).order_by(Image.position))) == [two, one, three]
    assert report.remarks["bad_pictures"] == 1


@pytest.mark.parametrize(
    ("cell", "html"),
    [
        ("First line\\nsecond\\n\\nThird", "<p>First line<br>\nsecond</p><p>Third</p>"),
        ("First line\nsecond", "<p>First line<br>\nsecond</p>"),
        ("<p>One</p>\\n<p>Two</p>", "<p>One</p>\n<p>Two</p>"),
        (r"Type C:\\new", r"<p>Type C:\new</p>"),
        ("<script>x()</script>", ""),
    ],
)
def test_a_description_is_read_with_its_line_breaks(cell: str, html: str, tmp_path: Path) -> None:
    import_products(a_woo_file(tmp_path, simple(Description=cell)))

    assert the_product("teapot").description_html == html


def test_a_long_short_description_begins_the_description(tmp_path: Path) -> None:
    import_products(a_woo_file(tmp_path, simple(Short_description="Long " * 80, Description="Rest")))

    product = the_product("teapot")
    assert product.subtitle == ""
    assert product.description_html.startswith("<p>Long Long")
    assert product.description_html.endswith("<p>Rest</p>")


def test_products_of_one_name_get_addresses_of_their_own(tmp_path: Path) -> None:
    path = a_woo_file(tmp_path, simple(SKU="A"), simple(SKU="B"), simple(ID="9"))

    report = import_products(path)
    again = import_products(path)

    assert (report.new, again.unchanged) == (3, 3)
    assert [the_variants(slug)[0].sku for slug in ("teapot", "teapot-b", "teapot-9")] == ["A", "B", None]
    assert report.remarks["renamed"] == 2


def test_the_order_of_products_in_the_file_s_position_column_is_the_shop_s(tmp_path: Path) -> None:
    import_products(a_woo_file(tmp_path, simple("A", Position="5"), simple("B", Position="-1")))

    assert [the_product(slug).position for slug in ("a", "b")] == [5, -1]
