"""Where a phrase stands in a text: the marked slice is the phrase, whatever stands between and around its letters."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.claims.folding import Form, folded, sentences, streamed
from storefront.claims.lexicon import Lexicon, Phrase, forms_of, lexicon_of
from storefront.claims.marking import marks_in
from storefront.claims.models import Endings
from storefront.claims.subjects import Said

MILLION = 1_000_000


def a_lexicon(*phrases: str, endings: Endings = Endings.EXACT, harmless: tuple[str, ...] = ()) -> Lexicon:
    wanted = [Phrase(n, 1, folded(text), endings) for n, text in enumerate(phrases)]
    quiet = [Phrase(-n, 1, folded(text), Endings.EXACT, True) for n, text in enumerate(harmless, start=1)]
    return lexicon_of((*wanted, *quiet))


def found(text: str, lexicon: Lexicon, form: Form = Form.MARKDOWN) -> list[str]:
    return [text[each.start : each.end] for each in lexicon.find(text, form, most=50)]


def letters(text: str) -> str:
    return folded(text).replace(" ", "")


WORDS = ("cure", "guaranteed", "best", "risk", "free", "énergie", "straße")
# What may stand between two words of a phrase, and within one without ending it.
BETWEEN = st.sampled_from([" ", "-", "\n", " – ", ", ", "\u00a0", "** ", "-\n", " _", "\u2011"])
WITHIN = st.sampled_from(["", "\u00ad", "\u200b", "-\n", "**", "\u0301"])
AROUND = st.text(st.sampled_from(" .,;:!?()\n*“”—éßx1"), max_size=12)


@st.composite
def disguised(draw: st.DrawFn) -> tuple[str, str, str]:
    """A phrase, how it is written in a text, and the text."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
    written = []
    for word in words:
        cut = draw(st.integers(1, len(word) - 1))
        told = draw(st.sampled_from([word, word.upper(), word.title(), word.replace("é", "e\u0301")]))
        written.append(told[:cut] + draw(WITHIN) + told[cut:])
    phrase = written[0]
    for word in written[1:]:
        phrase += draw(BETWEEN) + word
    return " ".join(words), phrase, f"{draw(AROUND)} {phrase} {draw(AROUND)}"


@given(disguised())
def test_what_is_marked_is_the_phrase_itself(case: tuple[str, str, str]) -> None:
    phrase, written, text = case
    lexicon = a_lexicon(phrase)

    slices = found(text, lexicon)

    assert letters(phrase) in map(letters, slices)
    assert all(letters(each) == letters(phrase) for each in slices)
    assert any(written.strip("*_\u0301 ").startswith(each[:1]) for each in slices)


@given(st.text(max_size=300), st.sampled_from(list(Form)))
def test_words_stand_where_the_text_has_them(text: str, form: Form) -> None:
    words = streamed(text, form)

    spans = list(zip(words.starts, words.ends, strict=True))
    assert all(start < end <= len(text) for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    bounds = pairwise([*words.places, len(words.letters)])
    for (start, end), (place, bound) in zip(spans, bounds, strict=True):
        assert letters(text[start:end]) == words.letters[place:bound]


@pytest.mark.parametrize(
    ("text", "form", "marked"),
    [
        ("It cures.", Form.MARKDOWN, []),
        ("A secure cure", Form.MARKDOWN, ["cure"]),
        ("[cure](/cure) https://cure.example/cure", Form.MARKDOWN, ["cure"]),
        ("{{ product: cure }}", Form.MARKDOWN, []),
        ("It is\n\n{{ product: cure }}\n{{product:cure-all}}  \n", Form.MARKDOWN, []),
        ("{{ cure }} {{ product: cure }}\n\n- x\n\n  {{ product: cure }}", Form.MARKDOWN, ["cure"] * 3),
        ("```\n\n{{ product: cure }}\n", Form.MARKDOWN, ["cure"]),
        ("{{ product: cure }} [x](cure now) &cure;", Form.PLAIN, ["cure", "cure", "cure"]),
        ("<!cure> <x,cure> <b 'cure> <b cure>", Form.HTML, ["cure", "cure", "cure"]),
        ("<!-- cure --> <a title='A cure' href=x>x</a> <img alt=cure alt='cure'>", Form.HTML, ["cure"] * 3),
        ("&#99;ure c&uuml;re", Form.MARKDOWN, ["&#99;ure", "c&uuml;re"]),
        ("cu&shy;re cu&#173;re", Form.MARKDOWN, ["cu&shy;re", "cu&#173;re"]),
        ('<img src="/cure.jpg" alt="A cure"><img class="cure">', Form.HTML, ["cure"]),
        ("<p>cu<b>re</b></p><a href='cure'>x</a>", Form.HTML, ["cu<b>re"]),
        ("risk.\n\nFree", Form.MARKDOWN, []),
        ("- risk\n- free", Form.MARKDOWN, []),
        ("<li>risk</li><li>free</li>", Form.HTML, []),
        ("risk\nfree", Form.MARKDOWN, ["risk\nfree"]),
        ("a risk freely", Form.MARKDOWN, []),
        ("ＣＵＲＥ 𝐜𝐮𝐫𝐞", Form.MARKDOWN, ["ＣＵＲＥ", "𝐜𝐮𝐫𝐞"]),
        ("the best. Best before May", Form.MARKDOWN, ["best"]),
    ],
)
def test_words_are_whole_and_addresses_are_none(text: str, form: Form, marked: list[str]) -> None:
    lexicon = a_lexicon("cure", "risk free", "best", harmless=("best before",))

    assert found(text, lexicon, form) == marked


@pytest.mark.parametrize(
    ("text", "form", "marked"),
    [
        ("&delta; delta", Form.MARKDOWN, ["delta"]),
        ("`&delta;`", Form.MARKDOWN, ["delta"]),
        ("See `a &delta; b` and &delta;.", Form.MARKDOWN, ["delta", "delta"]),
        ("See &delta; and `a\n&delta;`", Form.MARKDOWN, ["delta"]),
        ("`a`\n\n&delta;", Form.MARKDOWN, []),
        ("```\n&delta;\n```", Form.MARKDOWN, ["delta"]),
        ("~~~\n\n&delta;", Form.MARKDOWN, ["delta"]),
        ("Typed:\n\n    &delta;\n\n&delta;", Form.MARKDOWN, ["delta"]),
        ("\t&delta; wing", Form.MARKDOWN, ["delta; wing"]),
        ("`&amp;` `&#100;elta` `&#x64;`", Form.MARKDOWN, ["amp", "&#100;elta", "x64"]),
        ("<code>&amp;delta;</code>", Form.HTML, ["delta"]),
        ("<code>&delta;</code>", Form.HTML, []),
        ("&delta;", Form.PLAIN, ["delta"]),
        ("&#100;elta", Form.PLAIN, []),
    ],
)
def test_a_reference_in_code_is_read_as_it_is_shown(text: str, form: Form, marked: list[str]) -> None:
    lexicon = a_lexicon("delta", "amp", "x64", "delta wing")

    assert found(text, lexicon, form) == marked


def test_endings_are_found_where_the_phrase_says_so() -> None:
    text = "cure cures cured curing curer therapeutic"

    assert found(text, a_lexicon("cure", endings=Endings.EXACT)) == ["cure"]
    assert found(text, a_lexicon("cure", endings=Endings.FORMS)) == ["cure", "cures", "cured", "curing"]
    assert found(text, a_lexicon("therapeut", endings=Endings.BEGINS)) == ["therapeutic"]
    assert forms_of("remedy")[-2:] == ("remedies", "remedied")


def test_the_longest_phrase_counts_and_categories_do_not_hide_one_another() -> None:
    lexicon = lexicon_of(
        (
            Phrase(1, 1, "cure", Endings.EXACT),
            Phrase(2, 1, "cure all", Endings.EXACT),
            Phrase(3, 2, "all", Endings.EXACT),
        )
    )

    assert [each.phrase.id for each in lexicon.find("A cure-all.", most=9)] == [2, 3]


def test_a_sentence_is_told_as_it_is_written() -> None:
    text = "First one. It costs 3.5 euros,\ne.g. for a cure! # Third"
    at = text.index("cure")

    assert sentences(text)(at, at + 4) == "It costs 3.5 euros, e.g. for a cure!"


def test_a_sentence_ends_within_a_paragraph_of_html_too() -> None:
    text = "<p>First one. For <B>a cure</B>, e.g. this. Third.</P>"
    at = text.index("cure")

    assert sentences(text, Form.HTML)(at, at + 4) == "For a cure, e.g. this."


@pytest.mark.parametrize(
    "text",
    [
        "best ",
        "a",
        ".",
        "<a",
        "-\n",
        "](",
        "{{",
        "x. ",
        "be-",
        "\u0301",
        "http",
        "&#",
        '."',
        "b\u00ad",
        "<p ",
        '<a "',
        "<!--",
        '<img alt="',
        "<p " + 3_000 * "x",
    ],
)
def test_the_worst_megabyte_takes_seconds(text: str) -> None:
    lexicon = a_lexicon("best", "cure", "risk free", endings=Endings.FORMS)
    before = time.process_time()

    for form in Form:
        marks_in([Said("body", text * (MILLION // len(text)), form)], lexicon)

    assert time.process_time() - before < 20
