"""`make bench` runs to its end on any machine, and its table says what was measured."""

import os
import subprocess
import sys

import pytest

from bench import figures
from bench.load import request
from storefront.config import ROOT

TINY = ["--rounds", "1", "--seconds", "0.1", "--orders", "9", "--threads", "10", "--no-document"]


@pytest.mark.long
def test_everything_is_measured_in_one_run() -> None:
    environ = {name: text for name, text in os.environ.items() if not name.startswith("STOREFRONT_")}
    command = [sys.executable, "-m", "bench", *TINY]

    run = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=250)

    assert run.returncode == 0, run.stderr[-3000:]
    rows = [line for line in run.stdout.splitlines() if line.startswith("|")]
    assert len(rows) == 32, run.stdout
    for what in (
        "| product ",
        "| post, written anew",
        "| add to cart ",
        "| place order",
        "| webhooks accepted",
        "| start to first page",
    ):
        assert any(row.startswith(what) for row in rows), what


@pytest.mark.parametrize(("ratio", "verdict"), [(0.199, "**no**"), (0.2, "yes"), (0.201, "yes")])
def test_a_goal_is_reached_from_its_very_figure(ratio: float, verdict: str) -> None:
    figure = figures.of_hello("product", 800, ratio, 0.1, 0.2)

    assert figure.verdict == verdict


def test_a_table_has_a_row_for_each_figure_and_columns_that_line_up() -> None:
    found = [
        figures.of_hello("home", 1000, 0.3, 0.3, None),
        figures.at_most("start", 1.5, 1.2, unit="s", digits=2),
    ]

    lines = figures.table(found).splitlines()

    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1
    assert "1.50 s" in lines[3]
    assert "**no**" in lines[3]


def test_a_request_with_a_body_is_a_form_sent_from_our_own_page() -> None:
    head, _, body = request("/cart/lines", port=1, body=b"variant=1", cookies="cart=x").partition(b"\r\n\r\n")

    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /cart/lines HTTP/1.1"
    assert {"Sec-Fetch-Site: same-origin", "Content-Length: 9", "Cookie: cart=x"} <= set(lines)
    assert body == b"variant=1"
