"""docs/payments.md names tests that exist: a rule whose test was renamed or removed is noticed here."""

import re

from storefront.config import ROOT

TESTS = ROOT / "tests"


def test_every_test_that_the_page_names_exists() -> None:
    page = (ROOT / "docs" / "payments.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))

    written = {
        name
        for file in TESTS.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert len(named) > 50
    assert named - written == set()
