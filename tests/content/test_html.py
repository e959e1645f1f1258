"""HTML that somebody wrote becomes HTML in which nothing runs, in bounded time; cards stand on lines of their own."""

import re
import time
from collections.abc import Collection, Mapping

import pytest

from storefront.content.html import DEEPEST, rendered
from storefront.content.markdown import MOST_LETTERS
from tests.payloads import HTML_PAYLOADS, what_could_run


def find(_slugs: Collection[str]) -> Mapping[str, int]:
    return {"kit": 3}


def html(text: str) -> str:
    return "".join(str(part) for part in rendered(text).placed(find).parts)


def test_nothing_that_runs_or_loads_from_elsewhere_is_left() -> None:
    wrong = {text: found for text in HTML_PAYLOADS if (found := what_could_run(html(text)))}

    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("one\n\ntwo <b>x</b>", "<p>one</p>\n<p>two <b>x</b></p>"),
        ("<div>a</div><div>b</div>", "<p>a</p><p>b</p>"),
        ("<p>a<p>b<ul><li>c<li>d</ul>", "<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>"),
        ("<h1>A</h1><h6>B</h6>", '<h2 id="s-a">A</h2><h4 id="s-b">B</h4>'),
        ("<blockquote>a\n\nb</blockquote>", "<blockquote><p>a</p>\n<p>b</p></blockquote>"),
        ("1 < 2 &amp; 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("a<!-- b --> c<!-- d", "<p>a c</p>"),
        ("<script>x</script>a<style>b</style>", "<p>a</p>"),
        ('<b title="a>b">c</b></i></p>', "<p><b>c</b></p>"),
        ("<dl><dt>a<dd>b</dl>", "<dl><dt>a</dt><dd>b</dd></dl>"),
        ('<ol start="3"><li>a</ol>', '<ol start="3"><li>a</li></ol>'),
        ("<p> </p>a", "<p>a</p>"),
        ('<img src="/pictures/0123456789abcdef.jpg" alt="A &quot;b">', None),
    ],
)
def test_a_text_becomes_well_formed_html(text: str, wanted: str | None) -> None:
    if wanted is None:
        wanted = '<p><img src="/pictures/0123456789abcdef.jpg" alt="A &quot;b" loading="lazy"></p>'
    assert html(text) == wanted
    assert html(html(text)) == wanted


def test_what_the_page_does_not_show_itself_is_a_link() -> None:
    text = '<img src="https://x.example/a%20b.jpg">'
    text += '<a href="https://y.example"><img src="//x.example/c.jpg" alt="C"></a>'
    text += '<iframe src="https://video.example/1">no</iframe><video src="javascript:x"></video>'

    assert re.findall(r'href="([^"]*)"[^>]*>([^<]*)', html(text)) == [
        ("https://x.example/a%20b.jpg", "a b.jpg"),
        ("https://y.example", "C"),
        ("https://video.example/1", "1"),
    ]


@pytest.mark.parametrize(
    "text", ["<p>a</p>\n{{ product: kit }}\n<p>b</p>", "{{product:kit}}", "a\n<p> {{ product: kit }} </p>b"]
)
def test_a_card_stands_on_a_line_of_its_own(text: str) -> None:
    assert 3 in rendered(text).placed(find).parts


@pytest.mark.parametrize(
    "text",
    ["<b>\n{{ product: kit }}\n</b>", "<ul><li><p>{{ product: kit }}</p></ul>", "a {{ product: kit }}"],
)
def test_within_anything_else_a_card_stays_text(text: str) -> None:
    assert 3 not in rendered(text).placed(find).parts


def test_sections_are_named_once_each() -> None:
    made = rendered("<h2>Tea <em>&amp; milk</em></h2><h2>Tea milk</h2><h2></h2><h3>Sub</h3>")

    assert [(each.id, each.title) for each in made.contents] == [
        ("s-tea-milk", "Tea & milk"),
        ("s-tea-milk--2", "Tea milk"),
    ]


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "<div>",
            "<blockquote>",
            "<b>",
            "<b x=",
            '<a "',
            "<a '\"",
            "<",
            "<!--",
            "<script>",
            "<h2>x</h2>",
            "<p>",
        ),
        *(
            "<table><tr><td>",
            "<ul><li>",
            "<p>{{ product: ",
            "\n{{ product: kit }}",
            "<b><i><p></b>",
            "&",
            "\n\n",
        ),
        *("<a " + "x=y " * 300 + ">", "<img src=https://x/>", "<b x=1>" * 1_500 + "</p><p>x" * 5_000, "<p\n"),
    ],
)
def test_the_worst_text_takes_seconds_and_stays_shallow(unit: str) -> None:
    text = (unit * (MOST_LETTERS // len(unit) + 1))[:MOST_LETTERS]
    began = time.process_time()

    made = html(text)

    assert time.process_time() - began < 5
    assert len(made) < 10 * MOST_LETTERS
    deep = deepest = 0
    for tag in re.findall(r"</?[a-z0-9]+", made):
        deep += 0 if tag[1:] in {"br", "hr", "img"} else -1 if tag[1] == "/" else 1
        deepest = max(deepest, deep)
    # A table gets a body of its own.
    assert deepest <= 2 * DEEPEST
