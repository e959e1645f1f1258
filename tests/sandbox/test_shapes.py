"""Bodies have the fields that the library's own classes declare, and those of Stripe's published fixtures."""

import json
import types
from pathlib import Path
from typing import Any, Literal, Union, cast, get_args, get_origin

import pytest
import stripe
import stripe._api_version

from storefront.sandbox.wire import API_VERSION
from tests.sandbox.bench import Bench
from tests.sandbox.builders import a_paid_session, an_open_session, charge_of, intent_of

FIXTURES = Path("/work/shared/data/stripe/fixtures3.json")
FIELDS = Path(__file__).with_name("fields.json")

ONLY_WHEN_EXPANDED = {"charge": {"refunds"}, "checkout.session": {"line_items"}}


def bodies(bench: Bench) -> dict[str, Any]:
    """One object of each kind, as the library received it."""
    session = a_paid_session(bench, amount=2400)
    bench.control("payout")
    refund = bench.api.refunds.create(params={"payment_intent": str(session.payment_intent), "amount": 400})
    dispute = bench.control("dispute", payment_intent=session.payment_intent)
    charge = charge_of(bench, session)
    objects: list[Any] = [
        session,
        intent_of(bench, session),
        charge,
        refund,
        bench.api.disputes.retrieve(dispute["id"]),
        bench.api.events.list().data[0],
        bench.api.balance_transactions.retrieve(str(charge.balance_transaction)),
        bench.api.checkout.sessions.line_items.list(session.id).data[0],
    ]
    objects.append(bench.api.payouts.list().data[0])
    return {body.object: body.to_dict() for body in objects}


CLASSES: dict[str, type] = {
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "payment_intent": stripe.PaymentIntent,
    "payout": stripe.Payout,
    "refund": stripe.Refund,
}


def test_events_are_written_in_the_version_that_the_library_pins() -> None:
    assert stripe._api_version._ApiVersion.CURRENT == API_VERSION


@pytest.mark.parametrize("kind", CLASSES)
def test_a_body_has_no_field_that_the_library_does_not_know(bench: Bench, kind: str) -> None:
    declared = set(CLASSES[kind].__annotations__)

    assert bodies(bench)[kind].keys() - declared == set()


@pytest.mark.parametrize("kind", CLASSES)
def test_fields_that_are_never_null_are_there_and_not_null(bench: Bench, kind: str) -> None:
    body = bodies(bench)[kind]

    certain = {name for name, hint in CLASSES[kind].__annotations__.items() if is_certain(hint)}

    assert {name for name in certain if body.get(name) is None} == set()


@pytest.mark.parametrize("kind", CLASSES)
def test_words_are_of_those_that_the_library_knows(bench: Bench, kind: str) -> None:
    body = bodies(bench)[kind]

    strange = {
        name: body[name]
        for name, hint in CLASSES[kind].__annotations__.items()
        if (words := words_of(hint)) and isinstance(body.get(name), str) and body[name] not in words
    }

    assert strange == {}


@pytest.mark.parametrize("kind", CLASSES)
def test_a_body_has_the_fields_that_it_always_had(bench: Bench, kind: str) -> None:
    kept = json.loads(FIELDS.read_text())

    assert sorted(bodies(bench)[kind]) == kept[kind]


@pytest.mark.skipif(not FIXTURES.is_file(), reason="Stripe's fixtures3.json is not on this machine")
@pytest.mark.parametrize("kind", CLASSES)
def test_a_body_has_the_fields_of_stripes_fixture(bench: Bench, kind: str) -> None:
    fixture = json.loads(FIXTURES.read_text())["resources"][kind]
    body = bodies(bench)[kind]

    missing = fixture.keys() - body.keys() - ONLY_WHEN_EXPANDED.get(kind, set())

    assert missing == set()
    assert {name: type(body[name]) for name in body if differ(body[name], fixture.get(name))} == {}


def test_an_error_has_the_fields_of_stripes_errors(bench: Bench) -> None:
    session = an_open_session(bench)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        bench.api.checkout.sessions.expire(session.id, params=cast(Any, {"colour": "red"}))

    error = cast(Any, refused.value.json_body)["error"]
    assert {"message", "type", "param", "code", "doc_url"} == error.keys()
    assert refused.value.request_id


def is_certain(hint: Any) -> bool:
    """Whether a field of this type is always there and never null."""
    if isinstance(hint, str) or (get_origin(hint) is not None and "ClassVar" in str(hint)):
        return False
    return type(None) not in get_args(hint)


def words_of(hint: Any) -> set[str]:
    """The literal words among the choices of a type."""
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return {word for part in get_args(hint) for word in words_of(part)}
    return set()


def differ(ours: Any, theirs: Any) -> bool:
    """Whether two values are of different JSON types; null is of every type, an id stands for its object."""
    if ours is None or theirs is None:
        return False
    return type(ours) is not type(theirs)
