"""`storefront pictures add PRODUCT FILE --alt …` does what staff will do on a page."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from storefront.cli.pictures import pictures_group
from storefront.pictures.door import BadPicture
from tests.builders.catalogue import a_product
from tests.builders.pictures import bytes_of, the_images


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Runs commands in the shop under test, which sells a teapot."""
    monkeypatch.setattr("storefront.create_app", lambda: app)
    with app.app_context():
        a_product("teapot")
    return CliRunner()


def test_a_picture_is_added_by_command(run: CliRunner, app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "teapot.jpg"
    path.write_bytes(bytes_of())

    result = run.invoke(pictures_group, ["add", "teapot", str(path), "--alt", "A blue teapot"])

    assert (result.exit_code, result.output) == (0, "The picture is there; the worker makes its sizes.\n")
    with app.app_context():
        assert [(image.alt, image.width) for image in the_images()] == [("A blue teapot", 800)]


def test_a_bad_picture_is_refused_in_a_sentence(run: CliRunner, app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "teapot.jpg"
    path.write_text("<svg/>")

    result = run.invoke(pictures_group, ["add", "teapot", str(path), "--alt", "A blue teapot"])

    assert isinstance(result.exception, BadPicture)
    with app.app_context():
        assert the_images() == []


def test_a_picture_without_words_is_a_wrong_use_of_the_command(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "teapot.jpg"
    path.write_bytes(bytes_of())

    result = run.invoke(pictures_group, ["add", "teapot", str(path)])

    assert result.exit_code == 2
    assert "--alt" in result.output


def test_a_picture_is_named_and_removed_by_command(run: CliRunner, app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "teapot.jpg"
    path.write_bytes(bytes_of())
    run.invoke(pictures_group, ["add", "teapot", str(path), "--alt", "A blue teapot"])

    file, words = run.invoke(pictures_group, ["list", "teapot"]).output.strip().split("\t")
    result = run.invoke(pictures_group, ["remove", "teapot", file])

    assert (words, result.exit_code) == ("A blue teapot", 0)
    with app.app_context():
        assert the_images() == []
