"""The look as files: small, in layers, and nothing inline."""

import gzip
import re
from pathlib import Path

import pytest

from storefront.config import ROOT
from storefront.web.assets import SHEET, STAFF_SHEET, asset

KIB = 1024
LAYERS = {
    "tokens": ["tokens.css"],
    "reset": ["reset.css"],
    "base": ["base.css"],
    "components": sorted(path.name for path in (ROOT / "static/css/components").glob("*.css")),
    "rooms": sorted(path.name for path in (ROOT / "static/css/rooms").glob("*.css")),
    "staff": sorted(path.name for path in (ROOT / "static/css/staff").glob("*.css")),
}
# Staff pages have a second sheet, in the last layer: no shopper fetches it.
FOLDERS = {"components", "rooms", "staff"}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if path.parent.name != "mail"]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def sheets(layer: str) -> list[Path]:
    folder = ROOT / "static/css" / (layer if layer in FOLDERS else "")
    return [folder / name for name in LAYERS[layer]]


def every_sheet() -> list[Path]:
    return [sheet for layer in LAYERS for sheet in sheets(layer)]


def test_the_stylesheet_is_at_most_12_kib_compressed() -> None:
    sheet = asset(SHEET)

    assert sheet is not None
    assert len(gzip.compress(sheet.content)) <= 12 * KIB


def test_the_staffs_own_sheet_is_at_most_6_kib_compressed() -> None:
    sheet = asset(STAFF_SHEET)

    assert sheet is not None
    assert len(gzip.compress(sheet.content)) <= 6 * KIB


def test_all_scripts_together_are_at_most_15_kib() -> None:
    scripts = list((ROOT / "static/js").glob("*.js"))

    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) <= 15 * KIB


@pytest.mark.parametrize("layer", LAYERS)
def test_a_sheet_writes_into_its_own_layer_only(layer: str) -> None:
    for sheet in sheets(layer):
        assert set(re.findall(r"@layer (\w+) \{", sheet.read_text())) == {
            "rooms" if layer == "staff" else layer
        }, named(sheet)


def test_the_first_sheet_sets_the_order_of_the_layers() -> None:
    assert "@layer tokens, reset, base, components, rooms;" in sheets("tokens")[0].read_text()


@pytest.mark.parametrize("sheet", every_sheet(), ids=named)
def test_sheets_know_start_and_end_but_not_left_and_right(sheet: Path) -> None:
    rules = re.sub(
        r"/\*.*?\*/|\[dir=rtl\][^}]*\}|background-position:[^;]*;", "", sheet.read_text(), flags=re.S
    )

    assert not re.findall(r"(?<![-\w])(?:left|right):|-(?:left|right)\b|text-align: (?:left|right)", rules)


@pytest.mark.parametrize("sheet", every_sheet(), ids=named)
def test_every_token_that_is_used_is_defined(sheet: Path) -> None:
    tokens = sheets("tokens")[0].read_text()
    own = sheet.read_text() + (ROOT / "static/css/components/stack.css").read_text()

    used = set(re.findall(r"var\((--[\w-]+)", sheet.read_text()))

    assert {name for name in used if f"{name}:" not in tokens + own} == set()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_has_no_inline_style_script_or_handler(page: Path) -> None:
    markup = re.sub(r"\{#.*?#\}", "", page.read_text(), flags=re.S)

    assert "<style" not in markup
    assert not re.findall(r"\sstyle=|\son\w+=", markup)
    assert not re.findall(r"<script(?![^>]*(?:\bsrc=|application/ld\+json))", markup)


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_a_template_opens_with_its_contract(template: Path) -> None:
    assert template.read_text().startswith("{#- Renders")


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_class_that_a_page_names_has_a_rule(page: Path) -> None:
    rules = "".join(sheet.read_text() for sheet in every_sheet())

    plain = re.findall(r'class="([\w -]+)["{]', page.read_text())

    for name in {name for names in plain for name in names.split()}:
        assert re.search(rf"\.{name}\b", rules), name
