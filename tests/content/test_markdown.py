"""Markdown becomes HTML in which nothing runs, in bounded time; cards stand on lines of their own."""

import re
import time
from collections.abc import Collection, Mapping

import pytest

from storefront.content.markdown import MOST_LETTERS, written


def find(_slugs: Collection[str]) -> Mapping[str, int]:
    return {"kit": 3}


def html(text: str) -> str:
    return "".join(part for part in written(text, find).parts if isinstance(part, str))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](data:image/svg+xml,<svg onload=alert(1)>)",
        "![x](https://evil.example/x.png)",
        '![x" onerror="alert(1)](/pictures/0123456789abcdef.jpg)',
        "<javascript:alert(1)>",
        '[x](http://a" onclick="alert(1))',
        "[x]: javascript:alert(1)\n\n[x]",
        "<svg/onload=alert(1)>",
        '{{ product: "><script>alert(1)</script> }}',
    ],
)
def test_nothing_that_runs_or_loads_from_elsewhere_is_left(text: str) -> None:
    found = html(text).lower()

    assert "<script" not in found
    assert "<svg" not in found
    assert 'href="javascript' not in found
    assert 'href="data' not in found
    assert "evil.example" not in found
    # What stands within quotes is words: a quote among them is written &quot;.
    assert re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', found)) is None


@pytest.mark.parametrize(
    "text",
    ["Before\n{{ product: kit }}\nAfter", "{{product:kit}}", "{{ product: kit }}  \n\n{{ product: kit }}"],
)
def test_a_card_stands_on_a_line_of_its_own(text: str) -> None:
    assert 3 in written(text, find).parts


@pytest.mark.parametrize("text", ["See {{ product: kit }}", "> {{ product: kit }}", "    {{ product: kit }}"])
def test_a_card_elsewhere_stays_text(text: str) -> None:
    assert 3 not in written(text, find).parts


def test_headings_keep_below_the_pages_own_and_have_addresses_of_their_own() -> None:
    found = written("# Main\n\n## Main\n\n### Deep", find)

    assert [each.id for each in found.contents] == ["s-main", "s-main--2"]
    assert "<h1" not in html("# Main")


@pytest.mark.parametrize(
    "bit", ["[", "![", ">", "- ", "*_", "# a\n", "|a|b\n|-|-\n", "`", "a**b", "{{ product: "]
)
def test_the_worst_text_takes_bounded_time(bit: str) -> None:
    text = (bit * MOST_LETTERS)[:MOST_LETTERS]

    before = time.perf_counter()
    written(text, find)

    assert time.perf_counter() - before < 20
