"""The hosted payment page, as a browser without script meets it."""

import re

import pytest
from werkzeug.test import TestResponse

from tests.sandbox.bench import SHOP, Bench
from tests.sandbox.builders import an_open_session, intent_of


def submit(bench: Bench, id: str, choice: str, **fields: str) -> TestResponse:
    return bench.browser.post(f"/pay/{id}", data={"choice": choice, **fields})


def test_the_page_shows_the_shop_what_is_bought_and_the_amount(bench: Bench) -> None:
    session = an_open_session(bench, amount=2400)

    page = bench.browser.get(f"/pay/{session.id}")

    assert page.status_code == 200
    for words in ("Demo: no money moves", "Kiln &amp; Paper", "3 × Bowl", "24.00 EUR", "mara@example.org"):
        assert words in page.text


def test_the_shops_name_for_the_session_is_shown(bench: Bench) -> None:
    session = an_open_session(bench, branding_settings={"display_name": "Other House"})

    assert "Other House" in bench.browser.get(f"/pay/{session.id}").text


def test_markup_in_a_name_is_shown_as_text(bench: Bench) -> None:
    session = an_open_session(bench, branding_settings={"display_name": "<script>alert(1)</script>"})

    page = bench.browser.get(f"/pay/{session.id}").text

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_paying_sends_the_browser_to_the_success_url_with_the_session(bench: Bench) -> None:
    session = an_open_session(bench)

    answer = submit(bench, session.id, "pay", name="Mara Ode")

    assert (answer.status_code, answer.location) == (303, f"{SHOP}/return?session={session.id}")
    paid = bench.api.checkout.sessions.retrieve(session.id)
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert paid.customer_details is not None
    assert (paid.customer_details.name, paid.customer_details.email) == ("Mara Ode", "mara@example.org")


def test_a_second_click_on_pay_charges_once(bench: Bench) -> None:
    session = an_open_session(bench)
    submit(bench, session.id, "pay")

    again = submit(bench, session.id, "pay")

    assert (again.status_code, again.location) == (303, f"{SHOP}/return?session={session.id}")
    assert len(bench.api.charges.list().data) == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("generic_decline", "card_declined"),
        ("insufficient_funds", "card_declined"),
        ("expired_card", "expired_card"),
        ("incorrect_cvc", "incorrect_cvc"),
        ("processing_error", "processing_error"),
    ],
)
def test_a_declined_card_is_told_on_the_page_and_by_events(bench: Bench, code: str, error: str) -> None:
    session = an_open_session(bench)

    answer = submit(bench, session.id, "decline", code=code)

    page = bench.browser.get(answer.location or "")
    declined = bench.api.checkout.sessions.retrieve(session.id)
    problem = intent_of(bench, declined).last_payment_error
    assert 'role="alert"' in page.text
    assert (declined.status, declined.payment_status) == ("open", "unpaid")
    assert problem is not None
    assert (problem.code, problem.decline_code) == (error, code)
    assert bench.event_types() == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]


def test_after_a_decline_the_same_session_can_be_paid(bench: Bench) -> None:
    session = an_open_session(bench)
    submit(bench, session.id, "decline", code="lost_card")

    submit(bench, session.id, "pay")

    paid = bench.api.checkout.sessions.retrieve(session.id)
    assert paid.payment_status == "paid"
    assert [charge.status for charge in bench.api.charges.list().data] == ["succeeded", "failed"]
    assert len(bench.api.payment_intents.list().data) == 1


def test_cancel_leads_back_and_leaves_the_session_open(bench: Bench) -> None:
    session = an_open_session(bench)

    answer = submit(bench, session.id, "cancel")

    assert (answer.status_code, answer.location) == (303, f"{SHOP}/review")
    assert bench.api.checkout.sessions.retrieve(session.id).status == "open"


def test_without_a_cancel_url_there_is_no_way_to_cancel(bench: Bench) -> None:
    session = an_open_session(bench, cancel_url=None)

    assert 'value="cancel"' not in bench.browser.get(f"/pay/{session.id}").text
    assert submit(bench, session.id, "cancel").status_code == 400


def test_an_expired_session_says_so_and_takes_no_money(bench: Bench) -> None:
    session = an_open_session(bench, expires_at=int(bench.clock()) + 1800)
    bench.clock.advance(1800)

    assert "has expired" in bench.browser.get(f"/pay/{session.id}").text
    assert submit(bench, session.id, "pay").status_code == 410
    assert bench.api.charges.list().data == []


def test_a_complete_session_says_so(bench: Bench) -> None:
    session = an_open_session(bench)
    submit(bench, session.id, "pay")

    page = bench.browser.get(f"/pay/{session.id}")

    assert "This payment is complete" in page.text
    assert f"{SHOP}/return?session={session.id}" in page.text


@pytest.mark.parametrize("choice", ["", "steal", "passed"])
def test_a_strange_choice_charges_nothing(bench: Bench, choice: str) -> None:
    session = an_open_session(bench)

    answer = submit(bench, session.id, choice)

    assert answer.status_code == 400
    assert bench.api.charges.list().data == []


@pytest.mark.parametrize("path", ["/pay/cs_test_nobody", "/pay/", "/elsewhere", "/pay/x/y"])
def test_there_is_nothing_elsewhere(bench: Bench, path: str) -> None:
    assert bench.browser.get(path).status_code == 404


def test_pages_have_no_script_and_no_cookie_and_name_the_shop_in_their_policy(bench: Bench) -> None:
    session = an_open_session(bench)

    for page in (bench.browser.get(f"/pay/{session.id}"), submit(bench, session.id, "pay")):
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "Set-Cookie" not in page.headers
        assert "<script" not in page.text
    assert (
        f"form-action 'self' {SHOP};"
        in bench.browser.get(f"/pay/{session.id}").headers["Content-Security-Policy"]
    )


def test_every_field_has_a_label_and_the_page_one_heading(bench: Bench) -> None:
    session = an_open_session(bench, customer_email=None, allowed_payment_method_types=["card", "sepa_debit"])

    page = bench.browser.get(f"/pay/{session.id}").text

    fields = re.findall(r'<(?:input|select) id="(\w+)"', page)
    assert sorted(fields) == ["code", "email", "name", "outcome"]
    assert sorted(re.findall(r'<label for="(\w+)"', page)) == sorted(fields)
    assert (page.count("<h1"), page.count("<main"), page.count('lang="en"')) == (1, 1, 1)


def test_the_style_is_a_file_of_its_own(bench: Bench) -> None:
    style = bench.browser.get("/page.css")

    assert (style.status_code, style.mimetype) == (200, "text/css")
