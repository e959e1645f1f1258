"""What is promised of speed, what was measured, and the table of both.

Knows goals (performance's own, as ratios to bare Flask) and words; refuses to measure.
"""

import os
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: `is_met` is None where no goal was set."""

    what: str
    measured: str
    ratio: float | None = None
    cpu_ratio: float | None = None
    goal: str = ""
    is_met: bool | None = None

    @property
    def verdict(self) -> str:
        """A word for the table."""
        return {None: "", True: "yes", False: "**no**"}[self.is_met]


def at_least(what: str, rate: float, goal: float, *, note: str = "") -> Figure:
    """A rate per second with a goal of its own."""
    return Figure(what, f"{rate:,.0f}/s{note}", None, None, f"≥ {goal:,.0f}/s", rate >= goal)


def at_most(what: str, amount: float, goal: float, *, unit: str, digits: int = 0, note: str = "") -> Figure:
    """An amount that should be small."""
    text = f"{amount:,.{digits}f} {unit}{note}"
    return Figure(what, text, None, None, f"≤ {goal:g} {unit}", amount <= goal)


def of_hello(what: str, rate: float, ratio: float, cpu_ratio: float, goal: float | None) -> Figure:
    """A rate beside bare Flask's; `cpu_ratio` compares what one request takes of a core."""
    met = None if goal is None else ratio >= goal
    return Figure(what, f"{rate:,.0f}/s", ratio, cpu_ratio, "" if goal is None else f"≥ {goal:g} ×", met)


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    rows = [("what", "measured", "× bare Flask", "by CPU time", "goal", "reached")]
    rows += [
        (each.what, each.measured, _times(each.ratio), _times(each.cpu_ratio), each.goal, each.verdict)
        for each in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.3f}"


def document(
    figures: Sequence[Figure], *, rounds: int, seconds: float, threads: int, load: Sequence[float]
) -> str:
    """`docs/performance.md`: the table, on what it was measured, and how to measure it again."""
    machine = f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    python = f"Python {platform.python_version()}"
    loads = f"{load[0]:.1f} before, {load[1]:.1f} after"
    return f"""# Performance, measured

`make bench` measures all of this and writes this page. Rates drift twofold on shared machines, so pages are promised
as ratios to bare Flask, which is asked before each page in each round: the median of {rounds} rounds of
{seconds:g} s. Server and load each have a core of their own; one worker of {threads} threads; SQLite with
`synchronous=FULL`.

{table(figures)}

Measured on {datetime.now(UTC):%d %B %Y}: {machine}, {python}; load average {loads}.
Command: `{" ".join(["python -m bench", *sys.argv[1:]])}`.

“By CPU time” divides what a request of bare Flask takes of a core by what the page takes: where other work wants
the same cores, it says more than the rates do. The goals are held against the rates.

“Start to first page” is a start as all but the first are: Python has kept what it compiled.

“At best” is the least that Flask and SQLAlchemy can do for such a page (`bench/least.py`): one statement, one signed
cookie, no session, limit, log line, protections or prices. A goal above it cannot be reached with this stack.

Every request reads all rows of its page: there is no page cache in these figures. What the same rows made before is
kept by each process and known again by them (`storefront/web/kept.py`), so a page is written anew when a row of it is
another: “product, written anew” and “post, written anew” are that case at each request, with parts kept (a card, a
comment) whose own rows are the same. The goals are held against the pages as they are served.

Placing an order “without Stripe” replaces the one call that opens the payment page, in the bench's own server
process; “library and sandbox” is the shop as it is, with the sandbox on the load's core. Peers, for comparison:
where bare Flask says hello 4,064 times a second, django-oscar 4.2 shows a product 21 times and a basket of three
lines 21 times.
"""


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
