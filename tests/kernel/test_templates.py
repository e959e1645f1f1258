"""Compiled templates in files: found by the next process, never older than their source, never in a page's way."""

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import DictLoader, Environment

from storefront.web.templates import InFiles, init_app


def _said(folder: Path, source: str) -> str:
    """What a process that just started writes."""
    environment = Environment(loader=DictLoader({"page": source}), bytecode_cache=InFiles(folder))
    return environment.get_template("page").render(what="bread")


def test_a_second_process_compiles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _said(tmp_path / "new", "Fresh {{ what }}")

    monkeypatch.setattr(Environment, "compile", lambda *_said: pytest.fail("compiled again"))

    assert _said(tmp_path / "new", "Fresh {{ what }}") == "Fresh bread"


def test_a_changed_template_is_compiled_anew(tmp_path: Path) -> None:
    _said(tmp_path, "Fresh {{ what }}")

    assert _said(tmp_path, "Old {{ what }}") == "Old bread"


@pytest.mark.parametrize("left", [0, 1, 20, 60, 200])
def test_half_a_file_is_compiled_anew(tmp_path: Path, left: int) -> None:
    _said(tmp_path, "Fresh {{ what }}")
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:left])

    assert _said(tmp_path, "Fresh {{ what }}") == "Fresh bread"
    assert file.stat().st_size > 200


def test_a_folder_that_cannot_be_made_stops_no_page(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert _said(tmp_path / "file" / "templates", "Fresh {{ what }}") == "Fresh bread"


def test_the_shop_keeps_them_below_its_instance(app: Flask) -> None:
    settings, made = app.config["STOREFRONT"], Flask("anew")

    init_app(made, settings)

    assert isinstance(made.jinja_env.bytecode_cache, InFiles)
    assert made.jinja_env.bytecode_cache.folder.is_relative_to(settings.instance_dir)
