"""`storefront reconcile` and `storefront prove` as a shopkeeper runs them: what is said, and the exit status."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from storefront.cli import storefront
from tests.builders.payments import an_open_order, elsewhere, pay
from tests.servers.stripe import StripeStandIn

Run = Callable[[str], Result]


@pytest.fixture
def run(make_app: Callable[..., Flask], sandbox: StripeStandIn, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a shop of its own over the test's database."""
    monkeypatch.setattr("storefront.create_app", lambda: make_app(**sandbox.settings))
    return lambda command: elsewhere(lambda: CliRunner().invoke(storefront, [command]))


def a_payment_nobody_told_us_of(app: Flask, sandbox: StripeStandIn) -> None:
    with app.app_context():
        pay(sandbox, an_open_order())


def test_books_that_are_right_are_said_to_be_so(app: Flask, run: Run) -> None:
    proof = run("prove")

    assert (proof.exit_code, proof.output) == (0, "The books are right.\n")


def test_a_difference_is_listed_and_the_exit_status_is_1(
    app: Flask, sandbox: StripeStandIn, run: Run
) -> None:
    a_payment_nobody_told_us_of(app, sandbox)

    proof = run("prove")

    assert proof.exit_code == 1
    assert proof.output.startswith("Stripe took ")
    assert proof.output.endswith("1 differences.\n")


def test_reconciling_says_what_it_changed_and_a_second_run_changes_nothing(
    app: Flask, sandbox: StripeStandIn, run: Run
) -> None:
    a_payment_nobody_told_us_of(app, sandbox)

    first, second, proof = run("reconcile"), run("reconcile"), run("prove")

    assert (first.exit_code, second.exit_code, proof.exit_code) == (0, 0, 0)
    assert "0 changed, 0 need a person." not in first.output
    assert "0 changed, 0 need a person." in second.output
