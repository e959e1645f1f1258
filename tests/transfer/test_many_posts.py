"""How long twenty thousand posts take to move in, and how much memory; and a file of 200 MB.

STOREFRONT_TEST_LONG=1 .venv/bin/python -m pytest -n 0 -s tests/transfer/test_many_posts.py
"""

import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storefront.transfer.posts import import_posts
from storefront.transfer.posts_report import PostsReport
from storefront.transfer.saving import Progress
from tests.transfer.wxr_files import comment, entry, export_text, term

POSTS, COMMENTS = 20_000, 2
WORDS = [
    "spore",
    "log",
    "mist",
    "harvest",
    "jar",
    "rye",
    "oak",
    "shade",
    "water",
    "crate",
    "slice",
    "broth",
    "ferment",
    "culture",
    "gill",
    "cap",
    "stem",
]

pytestmark = [pytest.mark.usefixtures("inside"), pytest.mark.long, pytest.mark.timeout(4 * 3_600)]


def sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) + str(chance.randrange(1_000)) for _word in range(words)) + "."


def body(chance: random.Random) -> str:
    paragraphs = [
        f"<!-- wp:paragraph -->\n<p>{sentence(chance, 40)}</p>\n<!-- /wp:paragraph -->" for _p in range(8)
    ]
    return "\n\n".join([*paragraphs, '<h2>More</h2><img src="https://old.example/a.jpg" alt="A log">'])


def many(count: int) -> Iterator[str]:
    chance = random.Random(7)
    head, foot = export_text("CUT").split("CUT")
    yield head
    for number in range(1, count + 1):
        said = [comment(number * 10 + each, sentence(chance, 20)) for each in range(COMMENTS)]
        tags = [term("category", f"Kind {number % 40}"), term("post_tag", f"Word {number % 300}")]
        yield entry(number, *tags, *said, content=body(chance))
    yield foot


def peak() -> float:
    """The most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_memory_stays_flat_and_a_second_run_is_quick(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    with path.open("w") as file:
        file.writelines(many(POSTS))

    before, peaks = peak(), []
    first, seconds = timed(path, lambda done, _of: peaks.append((done, peak())))
    again, fewer = timed(path)

    # The figures are what this test is run for.
    size = path.stat().st_size / 2**20
    early = max(most for done, most in peaks if done <= POSTS / 10)
    sys.stdout.write(
        f"\n{POSTS} posts, {POSTS * COMMENTS} comments, {size:.0f} MiB: {seconds:.1f} s of one core, again"
        f" {fewer:.1f} s; memory {before:.0f} MiB before, {early:.0f} after a tenth, {peak():.0f} at the end\n"
    )
    assert first.run == {"new": POSTS, "changed": 0, "comments": POSTS * COMMENTS}
    assert not again.has_changed
    assert fewer < seconds
    assert peak() - early < 40


def test_a_file_of_200_megabytes_is_read_piece_by_piece(tmp_path: Path) -> None:
    path, text = tmp_path / "large.xml", "spore log mist harvest jar rye oak shade " * 2_500
    head, foot = export_text("CUT").split("CUT")
    with path.open("w") as file:
        file.write(head)
        file.writelines(entry(number, post_type="revision", content=text) for number in range(2, 2_002))
        file.write(entry(1) + foot)
    before = peak()

    report, seconds = timed(path)

    size = path.stat().st_size / 10**6
    sys.stdout.write(
        f"\n{size:.0f} MB: {seconds:.1f} s of one core, {peak() - before:.0f} MiB more at most\n"
    )
    assert size > 200
    assert report.run["new"] == 1
    assert report.others["revision"] == 2_000
    assert peak() - before < 64


def timed(path: Path, progress: Progress = lambda done, of: None) -> tuple[PostsReport, float]:
    """What an import says, and the seconds of one core that it took: the machine may be busy."""
    began = time.process_time()
    return import_posts(path, progress=progress), time.process_time() - began
