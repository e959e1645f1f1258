"""A product that cannot be imported is left out alone, and the report says where and why."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from storefront.catalogue import adding, steps
from storefront.catalogue.facts import ProductFacts
from storefront.catalogue.models import Option, Product, Variant
from storefront.database import require_transaction, session
from storefront.transfer.products import import_products
from tests.transfer.files import COLUMNS, a_file, further, plain, sized

pytestmark = pytest.mark.usefixtures("inside")

FIRST, LAST = plain("first"), plain("last")
FOURTH_OPTION = (*COLUMNS, "Option4 Name", "Option4 Value")


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([plain("bad", Variant_Price="")], "Line 3, bad: The price is missing."),
        ([plain("bad", Variant_Price="-1")], "below zero"),
        ([plain("bad", Variant_Price="free")], "“free” is not an amount"),
        ([plain("bad", Variant_Price="1e3")], "“1e3” is not an amount"),
        ([plain("bad", Variant_Price="24,00")], "“24,00” is not an amount"),
        ([plain("bad", Variant_Price="$24")], "“$24” is not an amount"),
        ([plain("bad", Variant_Price="٢٤")], "is not an amount"),
        ([plain("bad", Variant_Price="NaN")], "is not an amount"),
        ([plain("bad", Variant_Price="24.005")], "EUR can express"),
        ([plain("bad", Variant_Price="99999999999999")], "EUR can express"),
        ([plain("bad", Variant_Compare_At_Price="-1")], "price before is below zero"),
        ([plain("bad", Title="")], "The title is missing."),
        ([plain("bad", Title="\u200b")], "The title is missing."),
        ([plain("bad", Title="x" * 301)], "longer than 300"),
        ([plain("", Title="Bad")], "Line 3: The handle is missing."),
        ([plain("///", Title="Bad")], "The handle is missing."),
        ([plain("bad", Gift_Card="true", Variant_Price="0")], "A gift card needs an amount above zero."),
        ([plain("bad", Status="sleeping")], "The status is unknown: sleeping."),
        ([plain("bad", Published="perhaps")], "“perhaps” is neither true nor false."),
        ([plain("bad", Variant_Grams="heavy")], "not a number of grams"),
        ([plain("bad", Variant_Grams="-1")], "not a number of grams"),
        ([plain("bad", Variant_Grams="Infinity")], "not a number of grams"),
        (
            [plain("bad", Variant_Inventory_Tracker="shopify", Variant_Inventory_Qty="1.5")],
            "not a whole number",
        ),
        (
            [plain("bad", Variant_Inventory_Tracker="shopify", Variant_Inventory_Qty="1e3")],
            "not a whole number",
        ),
        (
            [plain("bad", Variant_Inventory_Tracker="shopify", Variant_Inventory_Qty=str(2**63))],
            "not a whole number",
        ),
        (
            [sized("bad", "S"), further("bad", Option1_Value="M", Variant_Price="x")],
            "Lines 3–4, bad: Line 4:",
        ),
        ([sized("bad", "S"), further("bad", Option1_Value="S", Variant_Price="1")], "are both “S”"),
        ([sized("bad", "")], "has no value for “Size”"),
        ([plain("bad", Option1_Name="")], "Option 1 has values, but no name."),
        ([plain("bad"), plain("bad")], "without options a product has one variant"),
        ([further("bad", Variant_Price="1")], "The title is missing."),
        (
            [
                sized(
                    "bad",
                    "S",
                    **{f"Option{i}_{part}": "x" + str(i) for i in (2, 3, 4) for part in ("Name", "Value")},
                )
            ],
            "at most 3 options",
        ),
    ],
)
def test_a_product_that_makes_no_sense_is_left_out_alone(
    rows: list[dict[str, str]], says: str, tmp_path: Path
) -> None:
    path = a_file(tmp_path, FIRST, *rows, LAST, columns=FOURTH_OPTION)

    report = import_products(path)

    assert report.has_failed
    assert [each.line for each in report.left_out] == [3]
    assert says in report.left_out[0].text
    assert sorted(session().scalars(sa.select(Product.slug))) == ["first", "last"]


def test_of_two_products_with_one_handle_the_first_is_taken(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        plain("teapot", Title="The first"),
        plain("cup"),
        plain("Teapot", Title="The second"),
        further("Teapot", Image_Src="https://pictures.example/2.jpg"),
    )

    report = import_products(path)

    assert report.new == 2
    assert [each.text for each in report.left_out] == [
        "Lines 4–5, Teapot: The handle stands already on line 2; the first one is taken."
    ]
    assert session().scalar(sa.select(Product.title).where(Product.slug == "teapot")) == "The first"


def test_two_products_with_one_handle_right_after_each_other_are_not_mixed(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        sized("teapot", "S", Title="The first"),
        sized("teapot", "M", Title="The second"),
    )

    report = import_products(path)

    assert [each.line for each in report.left_out] == [3]
    assert session().scalar(sa.select(sa.func.count(Variant.id))) == 1


def test_a_title_repeated_on_each_row_is_one_product(tmp_path: Path) -> None:
    path = a_file(tmp_path, sized("tee", "S"), sized("tee", "M"))

    report = import_products(path)

    assert (report.new, report.left_out) == (1, [])
    assert session().scalar(sa.select(sa.func.count(Variant.id))) == 2


def test_rows_that_lost_their_product_are_reported(tmp_path: Path) -> None:
    path = a_file(
        tmp_path, sized("tee", "S"), plain("cup"), further("tee", Option1_Value="M", Variant_Price="1")
    )

    report = import_products(path)

    assert [each.text for each in report.left_out] == [
        "Line 4, tee: These rows belong to the product on line 2: put them right below it."
    ]


def test_more_rows_than_a_product_may_have_are_left_out(tmp_path: Path) -> None:
    rows = [further("tee", Option1_Value=str(number), Variant_Price="1") for number in range(2_100)]
    path = a_file(tmp_path, sized("tee", "S"), *rows, plain("cup"))

    report = import_products(path)

    assert report.new == 1
    assert [each.line for each in report.left_out] == [2]


def test_what_the_database_refuses_is_undone_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_products = adding.add_products

    def add_and_break(all_facts: list[ProductFacts], *args: object, **named: object) -> None:
        add_products(all_facts, *args, **named)  # type: ignore[arg-type]
        if any(facts.slug == "bad" for facts in all_facts):
            require_transaction().execute(sa.insert(Option).values(product_id=1, position=9, name="x"))

    monkeypatch.setattr(steps, "add_products", add_and_break)
    path = a_file(tmp_path, FIRST, plain("bad", Title="Bad"), LAST)

    report = import_products(path)

    assert (report.new, [each.handle for each in report.left_out]) == (2, ["bad"])
    assert sorted(session().scalars(sa.select(Product.slug))) == ["first", "last"]


def test_a_fault_that_is_no_product_s_stops_the_import_and_keeps_what_was_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_products = steps.save_products

    def run_out_of_space(all_facts: list[ProductFacts], *, reference: str) -> object:
        if any(facts.slug == "cup-250" for facts in all_facts):
            raise sa.exc.OperationalError("INSERT", {}, Exception("disk full"))
        return save_products(all_facts, reference=reference)

    monkeypatch.setattr(steps, "save_products", run_out_of_space)
    path = a_file(tmp_path, *[plain(f"cup-{number}") for number in range(300)])

    with pytest.raises(sa.exc.OperationalError):
        import_products(path)

    assert session().scalar(sa.select(sa.func.count(Product.id))) == 200
