"""Whatever a reader sees of a text is looked at, however it is written: addresses and cards alone are not."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.claims.folding import Form
from storefront.claims.lexicon import Phrase, lexicon_of
from storefront.claims.marking import marks_in
from storefront.claims.models import Endings
from storefront.claims.subjects import Said
from storefront.content.claimed import parts as as_said
from storefront.content.models import PostFormat
from storefront.content.texts import rendered_from

WORDS = ("alfa", "bravo", "charlie", "dora", "echo", "foxtrot", "golf", "hotel", "delta", "theta")
LEXICON = lexicon_of(tuple(Phrase(n, 1, word, Endings.EXACT) for n, word in enumerate(WORDS)))

# Each with a word of its own in place of the sign.
MARKDOWN = (
    *(
        "%",
        "{{ % }}",
        "{{ product: % }}",
        "{{product:%}} ",
        "{{ product: % x }}",
        "{{%",
        "`%`",
        "&%;",
        "`&%;`",
        "`` &%; ` ``",
        "```\n&%;\n",
        "    &%;",
        "**%**",
    ),
    *("[x](%)", "[x](% y)", "](%", '[x](/a "%")', "![%](/a.jpg)", "[x]: /a '%'\n", "[x]", "[%]: /a", "[%]"),
    *("<%>", "<!%>", "<b %>", "<!-- % -->", "~~%~~", "a_%_b", "\\%", "| % | x |\n|---|---|\n| % | y |\n"),
)
HTML = (
    *(
        "%",
        "{{ % }}",
        "{{ product: % }}",
        "<p>{{ product: % }}</p>",
        "<%>",
        "<!%>",
        "<x,%>",
        "<p,%>",
        "</p,%>",
    ),
    *("<b %>", "<b x='%>", '<b x="%>', "<b x='%'>", "<!-- %", "<!--%-->", "<!-- <b>% -->", "</script %>"),
    *("<a title='%' href='https://a.example/'>", "<abbr title=%>", "<img alt='' alt='%' src=/a.jpg>"),
    *(
        "<img src='https://a.example/x.jpg' alt='% %'>",
        "<td>%",
        "<li>%</li>",
        "<title>%</title>",
        "<h2>%</h2>",
    ),
    *("<script>%</script>", "<iframe src=x>%</iframe>", "<style>%", "<p title='<b>'%>", "<x-y %>", "< %>"),
)
JOINTS = {
    PostFormat.MARKDOWN: (
        " ",
        "\n",
        "\n\n",
        "\n\n",
        "    ",
        "- ",
        "\n- ",
        "  ",
        "> ",
        "1. ",
        "```\n",
        "~~~",
        "\\",
        "|",
    ),
    PostFormat.HTML: (
        " ",
        "\n",
        "\n\n",
        "<p>",
        "</p>",
        "'",
        '"',
        ">",
        "<",
        "<!--",
        "-->",
        "<script>",
        "</script>",
    ),
}


@st.composite
def texts(draw: st.DrawFn, form: PostFormat) -> str:
    pieces = st.sampled_from(MARKDOWN if form is PostFormat.MARKDOWN else HTML)
    joints = st.sampled_from(JOINTS[form])
    text = ""
    for word in WORDS[: draw(st.integers(1, len(WORDS)))]:
        text += draw(pieces).replace("%", word) + draw(joints) + draw(st.one_of(st.just(""), joints))
    return text


class Reader(HTMLParser):
    """What somebody sees of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = [value or "" for name, value in attrs if name in {"alt", "title"}]
        self.seen += " ".join(["", *said, ""]) if said else ""

    def handle_data(self, data: str) -> None:
        self.seen += data


def seen(body: str, form: PostFormat) -> set[str]:
    reader = Reader()
    for part in rendered_from(body, form).parts:
        reader.feed(part if isinstance(part, str) else " ")
    reader.close()
    words = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in reader.seen)
    return set(words.split()) & set(WORDS)


def looked_at(body: str, form: PostFormat) -> set[str]:
    parts = as_said(title="", summary="", body=body, form=form)
    return {mark.words.strip("&;") for mark in marks_in(parts, LEXICON)}


@pytest.mark.parametrize("form", list(PostFormat))
@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_what_a_reader_sees_is_looked_at(form: PostFormat, data: st.DataObject) -> None:
    body = data.draw(texts(form))

    assert seen(body, form) <= looked_at(body, form)


def test_titles_are_looked_at_as_they_are_typed() -> None:
    said = as_said(
        title="{{ product: alfa }}", summary="<b bravo> [x](/charlie)", body="", form=PostFormat.HTML
    )

    assert [mark.words for mark in marks_in(said, LEXICON)] == ["alfa", "bravo", "charlie"]


def test_a_comment_is_looked_at_as_it_is_typed() -> None:
    assert marks_in([Said("text", "{{ product: alfa }}", Form.PLAIN)], LEXICON)
