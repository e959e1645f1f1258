"""docs/sandbox.md says what there is: every verb, every path, every option and decline code."""

from pathlib import Path

import pytest

from storefront.sandbox import routes
from storefront.sandbox.__main__ import _parser
from storefront.sandbox.control import VERBS
from storefront.sandbox.payments import DECLINES
from storefront.sandbox.sessions import DELAYED

TEXT = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
PATHS = sorted({route.path.split("/:id")[0].removeprefix("/v1/") for route in routes.ROUTES})
OPTIONS = sorted(option for option in _parser()._option_string_actions if option not in ("-h", "--help"))


@pytest.mark.parametrize("word", [*sorted(VERBS), "deliver", "state", *PATHS, *OPTIONS, *DECLINES, *DELAYED])
def test_every_word_of_the_sandbox_is_documented(word: str) -> None:
    assert f"`{word}`" in TEXT or f"`GET /_control/{word}`" in TEXT
