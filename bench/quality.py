"""The judges' words as one page of Markdown.

Knows tables; refuses to know how anything was measured.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bench.weights import Weight

_HEAD = """\
# Quality

What others say of the pages. `make judge` wrote this on {day}, on the demo shop, served by one granian worker
over plain HTTP. The judges: {judges}.

## Lighthouse, as a phone on a slow line

The median of three rounds (and the best, for performance). Cart and checkout ask not to be indexed, and the last
category counts that against them.
"""
_MARKUP = """
## Markup, accessibility and the narrowest screen

What was found wrong with each page in each state: by axe in both colour schemes, by its width on a screen of 320 px,
and by the two validators.
"""
_WEIGHT = """
## Weight of a product's page
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found wrong with a page in one state: by axe and at 320 px, by vnu, by html-validate."""

    name: str
    seen: tuple[str, ...]
    vnu: tuple[str, ...]
    html_validate: tuple[str, ...]

    @property
    def wrong(self) -> tuple[str, ...]:
        """Everything that was found."""
        return self.seen + self.vnu + self.html_validate


@dataclass(frozen=True, slots=True)
class Score:
    """Lighthouse on one page: its median round by performance, and the best round's performance."""

    name: str
    median: Mapping[str, float]
    best: float


def report(
    verdicts: Sequence[Verdict],
    scores: Sequence[Score],
    weights: Sequence[Weight],
    *,
    versions: Mapping[str, str],
    day: date,
) -> str:
    """The page docs/quality.md."""
    judges = ", ".join(f"{name} {version}" for name, version in versions.items())
    head = _HEAD.format(day=f"{day:%d %B %Y}", judges=judges)
    parts = [
        head,
        *_score_table(scores),
        _MARKUP,
        *_verdict_table(verdicts),
        _WEIGHT,
        *_weight_table(weights),
    ]
    return "\n".join(parts) + "\n"


def _score_table(scores: Iterable[Score]) -> Iterable[str]:
    yield "| page | performance | accessibility | best practices | SEO | LCP | CLS | blocked |"
    yield "|---|---|---|---|---|---|---|---|"
    for score in scores:
        of = score.median
        yield (
            f"| {score.name} | {of['performance']:.0f} ({score.best:.0f}) | {of['accessibility']:.0f}"
            f" | {of['best-practices']:.0f} | {of['seo']:.0f} | {of['lcp'] / 1000:.1f} s | {of['cls']:.3f}"
            f" | {of['tbt']:.0f} ms |"
        )


def _verdict_table(verdicts: Iterable[Verdict]) -> Iterable[str]:
    yield "| page | axe and 320 px | vnu | html-validate |"
    yield "|---|---|---|---|"
    for each in verdicts:
        yield f"| {each.name} | {len(each.seen)} | {len(each.vnu)} | {len(each.html_validate)} |"
    yield ""
    yield from (f"- {each.name}: `{fault}`" for each in verdicts for fault in each.wrong)


def _weight_table(weights: Iterable[Weight]) -> Iterable[str]:
    yield "| part | compressed | at most |"
    yield "|---|---|---|"
    for each in weights:
        yield f"| {each.kind} | {each.compressed / 1024:.1f} KiB | {each.limit / 1024:.0f} KiB |"
