"""`storefront import products` and `export products` say what they did, and by the exit status whether all of it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from storefront.cli.exporting import export_group
from storefront.cli.importing import import_group
from storefront.transfer.csvfile import FileRefused
from storefront.transfer.exporting import FORMS
from tests.transfer.files import a_file, plain, raw_file


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Runs commands in the shop under test."""
    monkeypatch.setattr("storefront.create_app", lambda: app)
    return CliRunner()


def products(run: CliRunner, path: Path) -> Result:
    return run.invoke(import_group, ["products", str(path)])


def test_a_file_that_could_be_imported_whole_exits_with_nought_each_time(
    run: CliRunner, tmp_path: Path
) -> None:
    path = a_file(tmp_path, plain("teapot"), plain("cup"))

    results = [products(run, path), products(run, path)]

    assert [result.exit_code for result in results] == [0, 0]
    assert [result.output for result in results] == [
        "2 new, 0 changed, 0 unchanged, 0 left out.\n",
        "0 new, 0 changed, 2 unchanged, 0 left out.\n",
    ]


def test_a_product_left_out_is_named_and_the_exit_status_is_one(run: CliRunner, tmp_path: Path) -> None:
    path = a_file(tmp_path, plain("teapot"), plain("cup", Variant_Price="-1"))

    result = products(run, path)

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Line 3, cup: The price is below zero: -1.",
        "1 new, 0 changed, 0 unchanged, 1 left out.",
    ]


def test_a_refused_file_is_refused_in_a_sentence(run: CliRunner, tmp_path: Path) -> None:
    result = products(run, raw_file(tmp_path, b"Name,Price\r\n"))

    assert result.exit_code == 1
    assert isinstance(result.exception, FileRefused)
    assert "lacks “Handle”" in result.exception.message


def test_a_file_that_is_not_there_is_a_wrong_use_of_the_command(run: CliRunner, tmp_path: Path) -> None:
    result = products(run, tmp_path / "absent.csv")

    assert result.exit_code == 2
    assert "does not exist" in result.output


@pytest.mark.parametrize("form", FORMS)
def test_what_is_exported_is_read_back_by_the_header_alone(form: str, run: CliRunner, tmp_path: Path) -> None:
    products(run, a_file(tmp_path, plain("teapot"), plain("cup")))
    path = tmp_path / "export.any"

    written = run.invoke(export_group, ["products", str(path), "--format", form])
    result = products(run, path)

    assert (written.exit_code, written.output) == (0, "2 products written.\n")
    assert (result.exit_code, result.output) == (0, "0 new, 0 changed, 2 unchanged, 0 left out.\n")


def test_a_format_that_nobody_knows_is_a_wrong_use_of_the_command(run: CliRunner, tmp_path: Path) -> None:
    result = run.invoke(export_group, ["products", str(tmp_path / "x.csv"), "--format", "magento"])

    assert result.exit_code == 2
    assert "'shopify', 'woocommerce'" in result.output
