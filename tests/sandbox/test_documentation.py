"""docs/sandbox.md says what there is: every verb, every path, every option and decline code."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any
from urllib.request import Request, urlopen

import pytest
import stripe

from storefront.sandbox import routes
from storefront.sandbox.__main__ import _parser
from storefront.sandbox.app import make_sandbox
from storefront.sandbox.control import VERBS
from storefront.sandbox.payments import DECLINES
from storefront.sandbox.sessions import DELAYED
from tests.servers.loopback import LoopbackServer

TEXT = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
PATHS = sorted({route.path.split("/:id")[0].removeprefix("/v1/") for route in routes.ROUTES})
OPTIONS = sorted(option for option in _parser()._option_string_actions if option not in ("-h", "--help"))


@pytest.mark.parametrize("word", [*sorted(VERBS), "deliver", "state", *PATHS, *OPTIONS, *DECLINES, *DELAYED])
def test_every_word_of_the_sandbox_is_documented(word: str) -> None:
    assert f"`{word}`" in TEXT or f"`GET /_control/{word}`" in TEXT


def test_the_example_for_other_projects_opens_a_session_and_plays_a_dispute(
    tmp_path: Path, serve: Callable[..., LoopbackServer]
) -> None:
    sandbox = make_sandbox(
        tmp_path / "sandbox.db",
        secret_key="sk_test_sandbox_me",
        webhook_url=None,
        webhook_secret="whsec_me",
        shop_origins=["http://127.0.0.1:5000"],
    )
    url = serve(sandbox).url
    said: dict[str, Any] = {"stripe": stripe}

    exec(dedent(example("client = ")).replace("http://127.0.0.1:8010", url), said)

    session, client = said["session"], said["client"]
    assert session.url.startswith(f"{url}/pay/")
    control = {verb: json.loads(words) for verb, words in re.findall(r"control ([\w-]+) '(.+)'", TEXT)}
    paid = post(url, "pay", control["pay"] | {"session": session.id})
    dispute = post(url, "dispute", control["dispute"] | {"payment_intent": paid["payment_intent"]})
    post(url, "close-dispute", control["close-dispute"] | {"dispute": dispute["id"]})
    assert client.v1.disputes.retrieve(dispute["id"]).status == "won"
    sandbox.close()


def example(beginning: str) -> str:
    """The indented block of the page that begins so."""
    (block,) = [
        block
        for block in re.findall(r"(?:^    .*\n|^\n)+", TEXT, re.M)
        if block.strip().startswith(beginning)
    ]
    return block.strip("\n")


def post(url: str, verb: str, words: dict[str, Any]) -> Any:
    """What the control endpoint answers."""
    asked = Request(
        f"{url}/_control/{verb}",
        data=json.dumps(words).encode(),
        headers={"Authorization": "Bearer sk_test_sandbox_me"},
    )
    with urlopen(asked, timeout=10) as answer:
        return json.load(answer)
