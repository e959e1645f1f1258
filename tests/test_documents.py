"""What the pages say is there: links lead to files, named tests and commands exist."""

import re
from pathlib import Path

import pytest

from storefront.cli import storefront
from storefront.config import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TESTS = ROOT / "tests"

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`|^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PLACED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
_NAMED = re.compile(r"`(test_\w+)`")
_COMMAND = re.compile(r"\bstorefront ((?:[a-z]+ ?)+)")
_WRITTEN = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def _said(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def _tests_of(file: Path) -> set[str]:
    return set(_WRITTEN.findall(file.read_text(encoding="utf-8"))) if file.is_file() else set()


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = [
        link for link in _LINK.findall(_said(document)) if "://" not in link and not link.startswith("#")
    ]

    dead = [link for link in links if not (document.parent / link.partition("#")[0]).exists()]

    assert dead == []


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_every_test_that_a_page_names_exists(document: Path) -> None:
    text = _said(document)
    everywhere = {name for file in TESTS.rglob("test_*.py") for name in _tests_of(file)}

    absent = [
        f"{file}::{name}" for file, name in _PLACED.findall(text) if name not in _tests_of(TESTS / file)
    ]
    absent += [name for name in _NAMED.findall(text) if name not in everywhere]

    assert absent == []


def test_every_protection_names_its_test() -> None:
    rows = [line for line in _said(ROOT / "docs" / "security.md").splitlines() if line.startswith("| ")]
    protections = [row for row in rows if not row.startswith("| protection |")]

    assert len(protections) > 30
    assert [row for row in protections if not _PLACED.search(row)] == []


def test_every_command_that_the_readme_names_exists() -> None:
    codes = ["".join(found) for found in _CODE.findall(_said(ROOT / "README.md"))]
    named = {words.strip() for code in codes for words in _COMMAND.findall(code)}

    assert len(named) >= 7
    assert [words for words in sorted(named) if not _is_command(words.split())] == []


def _is_command(words: list[str]) -> bool:
    """Whether the words lead to a command; what follows it are its own arguments."""
    found: object = storefront
    for word in words:
        inner = getattr(found, "commands", None)
        if inner is None:
            return True
        if word not in inner:
            return False
        found = inner[word]
    return not hasattr(found, "commands")
