"""The payment page speaks the shop's language where Stripe does, and the browser's where it does not."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.builders.payments import a_shopper, attempt, place

LANGUAGES = [
    ("en", "en"),
    ("de_AT", "de"),
    ("pt_BR", "pt-BR"),
    ("zh_Hant_TW", "zh-TW"),
    ("uk", "auto"),
    ("ar_EG", "auto"),
]


@pytest.mark.parametrize(("locale", "asked"), LANGUAGES)
def test_stripe_is_asked_only_for_a_language_it_speaks(
    make_app: Callable[..., Flask], locale: str, asked: str
) -> None:
    with make_app(locale=locale).test_request_context():
        placed = place(a_shopper())

        assert attempt(placed.attempt_id).params["locale"] == asked
