"""Finding nearly the same words under other names: how many are found, how many wrongly, how fast.

The short form runs always; the whole figures with `STOREFRONT_TEST_LONG=1` (docs/comments.md).
"""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import quantiles

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront import clock
from storefront.comments.likeness import digest_of, likeness, marks_of, pairs_of
from storefront.comments.models import Comment, Likeness
from storefront.comments.steps import Marked, find_original
from storefront.database import transaction
from tests.builders.comments import KIND, LONG, a_comment

IS_LONG = os.environ.get("STOREFRONT_TEST_LONG") == "1"
CORPUS, COPIES, STORED, TIMED = (10_000, 1_000, 100_000, 200) if IS_LONG else (600, 60, 1_000, 30)


@dataclass(frozen=True, slots=True)
class Planted:
    """A text of the corpus; `of` is the place of the text that it copies, or None."""

    text: str
    of: int | None = None


def _vocabulary(random: Random) -> list[str]:
    syllables = ["ka", "lo", "mi", "ter", "sen", "bra", "vo", "nu", "shi", "pel", "ga", "ro", "fin", "du"]
    return ["".join(random.choices(syllables, k=random.randint(1, 4))) for _word in range(5000)]


def texts(random: Random, count: int) -> Iterator[str]:
    """Texts of 12 to 60 words, some words far more frequent than others, as in any language."""
    words = _vocabulary(random)
    weights = [1 / (rank + 10) for rank in range(len(words))]
    for _text in range(count):
        yield " ".join(random.choices(words, weights, k=random.randint(12, 60)))


def near_copy(random: Random, text: str) -> str:
    """The text in other capitals, with other punctuation, and one word changed."""
    words = text.split()
    if random.random() < 0.75:
        words[random.randrange(len(words))] = "anotherword"
    words = [word.upper() if random.random() < 0.3 else word for word in words]
    return random.choice([", ", "  ", " ", "\n", "; "]).join(words) + random.choice(["", "!", "...", " :)"])


def corpus(random: Random) -> list[Planted]:
    """Texts of one's own, and copies of some of them, in any order with each copy after its first."""
    own = [Planted(text) for text in texts(random, CORPUS - COPIES)]
    places = random.sample(range(len(own)), COPIES)
    return own + [Planted(near_copy(random, own[place].text), place) for place in places]


def store(planted: Sequence[Planted], marked: Sequence[Marked], *, first_id: int) -> None:
    """The comments with their marks, as `submit_comment` leaves them."""
    now = clock.now()
    ids = range(first_id, first_id + len(planted))
    with transaction() as current:
        for start in range(0, len(planted), 1000):
            part = list(zip(ids, planted, marked, strict=True))[start : start + 1000]
            current.execute(
                sa.insert(Comment), [_row(comment_id, each.text, now) for comment_id, each, _m in part]
            )
            marks = [
                {"mark": mark, "comment_id": comment_id}
                for comment_id, _p, made in part
                for mark in made.marks
            ]
            current.execute(sa.insert(Likeness), marks)


def _row(comment_id: int, text: str, now: object) -> dict[str, object]:
    return {
        "id": comment_id,
        "subject_kind": KIND,
        "subject_id": 1,
        "name": f"Reader {comment_id}",
        "email": f"reader{comment_id}@example.org",
        "text": text,
        "text_digest": digest_of(text),
        "state": "published",
        "insider": "",
        "flags": "",
        "tells": False,
        "created_at": now,
    }


def test_copies_are_found_and_nothing_else(inside: Flask) -> None:
    planted = corpus(Random(7))
    own, copies = planted[: CORPUS - COPIES], planted[CORPUS - COPIES :]
    marked = [Marked.of(each.text) for each in own]
    found = right = wrong = 0

    for start in range(0, len(own), 3000):
        store(own[start : start + 3000], marked[start : start + 3000], first_id=start + 1)
    with transaction():
        for each in copies:
            original = find_original(Marked.of(each.text))
            found += original is not None
            right += original == (each.of or 0) + 1
        # Texts of one's own, held against all others: whatever is found is found wrongly.
        for text in texts(Random(8), COPIES):
            wrong += find_original(Marked.of(text)) is not None

    recall, precision = right / len(copies), right / max(1, found + wrong)
    sys.stdout.write(f"recall {recall:.4f}, precision {precision:.4f} of {CORPUS} with {COPIES} copies\n")
    assert recall >= 0.98
    assert precision >= 0.99


@pytest.mark.timeout(3600)
def test_a_comment_is_compared_in_20_ms_however_many_are_stored(inside: Flask) -> None:
    random = Random(11)
    own = [Planted(text) for text in texts(random, STORED)]
    for start in range(0, STORED, 2000):
        part = own[start : start + 2000]
        store(part, [Marked.of(each.text) for each in part], first_id=start + 1)
    asked = [near_copy(random, own[random.randrange(STORED)].text) for _time in range(TIMED)]
    with transaction() as current:
        # As PostgreSQL does by itself within a minute; until then it plans for tables that it takes for others.
        current.execute(sa.text("ANALYZE likeness"))
        current.execute(sa.text("ANALYZE comment"))

    took, worked = [], []
    with transaction():
        for text in asked:
            began, begun = time.perf_counter(), time.thread_time()
            find_original(Marked.of(text))
            took.append((time.perf_counter() - began) * 1000)
            worked.append((time.thread_time() - begun) * 1000)

    half, late = quantiles(took, n=20)[9], quantiles(took, n=20)[18]
    busy = quantiles(worked, n=20)
    sys.stdout.write(f"{half:.1f} ms, 95 of 100 within {late:.1f} ms, at {STORED} stored\n")
    sys.stdout.write(f"of which this process worked {busy[9]:.1f} and {busy[18]:.1f} ms\n")
    assert half <= 20


def test_a_flood_of_one_text_is_found_by_the_first_of_them(inside: Flask) -> None:
    first = a_comment(text=LONG)
    others = [a_comment(text=LONG) for _time in range(20)]

    assert {each.original_id for each in others} == {first.id}
    with transaction() as current:
        assert current.scalar(sa.select(sa.func.count(sa.distinct(Likeness.comment_id)))) == 1


@pytest.mark.parametrize(
    ("other", "is_alike"),
    [
        (LONG.upper() + "!!!", True),
        (LONG.replace("window", "door"), True),
        (LONG.replace(" ", "\n\n"), True),
        (" ".join(reversed(LONG.split())), False),
        ("Nothing in here was said by anybody else before, and that is all there is to say.", False),
        ("Mine stalled on day six.", False),
    ],
)
def test_texts_are_alike_by_the_pairs_of_words_they_share(other: str, is_alike: bool) -> None:
    assert (likeness(pairs_of(LONG), pairs_of(other)) >= 0.5) == is_alike


def test_the_marks_of_a_text_are_always_the_same() -> None:
    assert marks_of(pairs_of(LONG)) == marks_of(pairs_of(LONG.upper()))
    assert marks_of(pairs_of("short")) == []
