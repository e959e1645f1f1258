"""Parameters that Stripe would refuse are refused in Stripe's shape."""

from copy import deepcopy
from typing import Any

import pytest
import stripe

from tests.sandbox.bench import Bench
from tests.sandbox.builders import an_open_session, session_params


def refusal(bench: Bench, params: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        bench.api.checkout.sessions.create(params=params)
    assert refused.value.http_status == 400
    return refused.value


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"colour": "red"}, "colour", "parameter_unknown"),
        ({"payment_intent_data": {"colour": "red"}}, "payment_intent_data[colour]", "parameter_unknown"),
        ({"mode": "donation"}, "mode", None),
        ({"mode": None}, "mode", "parameter_missing"),
        ({"success_url": None}, "success_url", "parameter_missing"),
        ({"success_url": "/relative"}, "success_url", "url_invalid"),
        ({"cancel_url": ""}, "cancel_url", "parameter_invalid_empty"),
        ({"line_items": None}, "line_items", "parameter_missing"),
        ({"line_items": "one bowl"}, "line_items", None),
        ({"expires_at": "soon"}, "expires_at", "parameter_invalid_integer"),
        ({"allow_promotion_codes": "perhaps"}, "allow_promotion_codes", None),
        ({"customer_email": "nobody"}, "customer_email", "email_invalid"),
        ({"client_reference_id": "x" * 201}, "client_reference_id", None),
        ({"metadata": {"x" * 41: "1"}}, "metadata", None),
        ({"metadata": {"note": "x" * 501}}, "metadata[note]", None),
        ({"metadata": "flat"}, "metadata", None),
        ({"automatic_tax": {"enabled": True}}, "automatic_tax", None),
        ({"discounts": [{"coupon": "X"}]}, "discounts", None),
    ],
)
def test_a_strange_parameter_is_refused_by_name(
    bench: Bench, changes: dict[str, Any], param: str, code: str | None
) -> None:
    problem = refusal(bench, session_params(**changes))

    assert (problem.param, problem.code) == (param, code)


@pytest.mark.parametrize(
    ("path", "value", "param"),
    [
        (["quantity"], None, "line_items[0][quantity]"),
        (["quantity"], 0, "line_items[0][quantity]"),
        (["quantity"], "1.5", "line_items[0][quantity]"),
        (["price_data", "unit_amount"], -1, "line_items[0][price_data][unit_amount]"),
        (["price_data", "unit_amount"], "1e3", "line_items[0][price_data][unit_amount]"),
        (["price_data", "unit_amount"], "２４００", "line_items[0][price_data][unit_amount]"),
        (["price_data", "unit_amount"], None, "line_items[0][price_data][unit_amount]"),
        (["price_data", "currency"], "doubloon", "line_items[0][price_data][currency]"),
        (["price_data", "currency"], None, "line_items[0][price_data][currency]"),
        (["price_data", "product_data", "name"], "", "line_items[0][price_data][product_data][name]"),
    ],
)
def test_a_strange_line_item_is_refused_by_its_place(
    bench: Bench, path: list[str], value: Any, param: str
) -> None:
    params = deepcopy(session_params())
    part = params["line_items"][0]
    for word in path[:-1]:
        part = part[word]
    part[path[-1]] = value

    assert refusal(bench, params).param == param


@pytest.mark.parametrize("offset", [30 * 60, 24 * 3600])
def test_a_session_may_live_from_half_an_hour_to_a_day(bench: Bench, offset: int) -> None:
    session = an_open_session(bench, expires_at=int(bench.clock()) + offset)

    assert session.expires_at == int(bench.clock()) + offset


@pytest.mark.parametrize("offset", [-1, 0, 29 * 60, 24 * 3600 + 60])
def test_a_session_may_live_no_shorter_and_no_longer(bench: Bench, offset: int) -> None:
    problem = refusal(bench, session_params(expires_at=int(bench.clock()) + offset))

    assert problem.param == "expires_at"


@pytest.mark.parametrize(
    ("amount", "currency"), [(49, "eur"), (29, "gbp"), (49, "jpy"), (0, "usd"), (1499, "czk")]
)
def test_a_total_below_the_currencys_smallest_charge_is_refused(
    bench: Bench, amount: int, currency: str
) -> None:
    assert refusal(bench, session_params(amount=amount, currency=currency)).code == "amount_too_small"


@pytest.mark.parametrize(
    ("amount", "currency"), [(50, "eur"), (30, "gbp"), (50, "jpy"), (1500, "czk"), (10, "kwd"), (100, "isk")]
)
def test_the_smallest_charge_of_a_currency_is_taken(bench: Bench, amount: int, currency: str) -> None:
    assert an_open_session(bench, amount=amount, currency=currency).amount_total == amount


@pytest.mark.parametrize(("amount", "currency"), [(1005, "kwd"), (150, "isk"), (150, "ugx")])
def test_an_amount_between_the_steps_of_its_currency_is_refused(
    bench: Bench, amount: int, currency: str
) -> None:
    assert "evenly divisible" in str(refusal(bench, session_params(amount=amount, currency=currency)))


def test_two_currencies_in_one_session_are_refused(bench: Bench) -> None:
    euros, pounds = session_params(), session_params(currency="gbp")

    problem = refusal(bench, euros | {"line_items": euros["line_items"] + pounds["line_items"]})

    assert problem.param == "line_items"


@pytest.mark.parametrize("given", ["sk_test_sandbox_other", "sk_live_x", "pk_test_x"])
def test_another_key_is_a_401(bench: Bench, given: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        bench.api.checkout.sessions.create(params=session_params(), options={"api_key": given})

    assert refused.value.http_status == 401


def test_an_unknown_url_is_a_404_of_stripes_shape(bench: Bench) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as refused:
        bench.api.customers.list()

    assert refused.value.http_status == 404


def test_text_in_any_script_arrives_as_it_was_sent(bench: Bench) -> None:
    name = "Schüssel & 碗 = <b>100%</b> + 🏺"

    session = an_open_session(bench, metadata={"note": name})

    assert session.metadata is not None
    assert session.metadata["note"] == name


def test_a_body_that_is_not_utf8_is_a_400(bench: Bench) -> None:
    response = bench.browser.post(
        "/v1/refunds",
        data=b"charge=%FF%FE",
        headers={"Authorization": "Bearer sk_test_sandbox_bench"},
        content_type="application/x-www-form-urlencoded",
    )

    assert response.status_code == 400
    assert response.json["error"]["type"] == "invalid_request_error"  # type: ignore[index]
