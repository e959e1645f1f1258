"""What is kept of pages: made once of the same facts, never of others."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storefront.web import assets
from storefront.web.kept import kept

made: list[object] = []


@kept(most=2)
def page_of(fact: list[str], *, day: int) -> str:
    """A page that says which fact it was made of."""
    made.append(fact)
    return f"{fact[0]} on {day}"


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    made.clear()
    page_of.forget()


def test_the_same_facts_make_a_page_once() -> None:
    fact = ["tea"]

    assert [page_of(fact, day=1) for _ in range(3)] == ["tea on 1"] * 3
    assert made == [fact]


def test_other_facts_that_read_alike_make_another_page() -> None:
    assert [page_of(["tea"], day=1), page_of(["tea"], day=1)] == ["tea on 1"] * 2
    assert len(made) == 2


def test_another_word_makes_another_page() -> None:
    fact = ["tea"]

    assert [page_of(fact, day=1), page_of(fact, day=2)] == ["tea on 1", "tea on 2"]


def test_only_the_latest_are_kept() -> None:
    facts = [["a"], ["b"], ["c"]]

    for fact in (*facts, facts[0]):
        page_of(fact, day=1)

    assert len(made) == 4


@kept(most=10, weigh=len)
def long_page_of(fact: list[str]) -> str:
    """A page that is as long as its fact."""
    made.append(fact)
    return fact[0]


def test_pages_are_kept_while_they_weigh_no_more_than_there_is_room_for() -> None:
    small, large, huge = ["tea"], ["teapot 12"], ["more than there is room for"]

    for fact in (small, small, large, small, huge, huge):
        long_page_of(fact)

    # The large one drives out the small one, and that one drives it out again; what is too large is not kept at all.
    assert made == [small, large, small, huge, huge]
    assert long_page_of.weight == 0


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file below a folder of files of its own, which are looked at each time."""
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    monkeypatch.setattr(assets, "LOOK_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(assets, "_seen", {})
    path = tmp_path / "probe-kept.css"
    path.write_text("a {}")
    yield path
    assets._load.cache_clear()


def test_a_file_that_changes_makes_pages_anew(file: Path) -> None:
    assets.asset(file.name)
    before = assets.files_generation()

    assert assets.files_generation() == before
    file.write_text("b {}")
    os.utime(file, (1, 1))

    assert assets.files_generation() == before + 1
