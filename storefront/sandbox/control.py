"""The control endpoint: makes deliveries and answers go wrong, and does what a dashboard or a bank would.

POST /_control/<verb> with a JSON object, from the machine itself, with the secret key; docs/sandbox.md lists
the verbs. GET /_control/state shows the books.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request, Response

from storefront.sandbox import deliveries, disputes, faults, payments, payouts, refunds
from storefront.sandbox.api import authenticate
from storefront.sandbox.call import Call
from storefront.sandbox.desk import Desk
from storefront.sandbox.faults import Fault
from storefront.sandbox.past import make_past
from storefront.sandbox.payments import DECLINES, Payer
from storefront.sandbox.report import report
from storefront.sandbox.store import JSON
from storefront.sandbox.webhooks import Courier
from storefront.sandbox.wire import ApiError, json_response, refuse

LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a verb works with: a call whose parameters are the JSON object of the request."""

    call: Call
    words: JSON

    def word(self, name: str, kind: type, default: Any = ...) -> Any:
        """One word of the request, of the right type; raises for a missing or strange one."""
        value = self.words.get(name, default)
        if value is ...:
            refuse(f"Missing required param: {name}.", param=name, code="parameter_missing")
        right = (int, float) if kind is float else kind
        if value != default and (
            not isinstance(value, right) or (kind is not bool and isinstance(value, bool))
        ):
            refuse(f"{name} must be of type {kind.__name__}.", param=name)
        return value

    def one_of(self, name: str, choices: tuple[str, ...], default: Any = ...) -> str:
        """One word out of a few."""
        value: str = self.word(name, str, default)
        if value not in choices:
            refuse(f"{name} must be one of {', '.join(choices)}.", param=name)
        return value


def answer_control(desk: Desk, courier: Courier, request: Request) -> Response:
    """Answer a request to /_control."""
    try:
        if request.remote_addr not in LOOPBACK:
            raise ApiError("The control endpoint answers this machine only.", status=404)
        authenticate(desk, request)
        verb = request.path.removeprefix("/_control/")
        if request.method == "GET" and verb == "state":
            with desk.transaction() as tx:
                return json_response(report(desk.call(tx)))
        if verb == "deliver":
            return json_response({"attempts": _deliver(desk, courier, _words(request))})
        act = VERBS.get(verb)
        if request.method != "POST" or act is None:
            raise ApiError(
                f"There is no verb {verb}. Verbs: deliver, {', '.join(sorted(VERBS))}.", status=404
            )
        return json_response(_acted(desk, act, _words(request)))
    except ApiError as problem:
        return json_response(problem.body, problem.status)


def _acted(desk: Desk, act: "Callable[[Asked], Any]", words: JSON) -> JSON:
    with desk.transaction() as tx:
        call = desk.call(tx, params=words)
        call.now = words.get("created") or call.now
        done: JSON = act(Asked(call, words)) or {"done": True}
        return done


def _words(request: Request) -> JSON:
    try:
        words = json.loads(request.get_data() or b"{}")
    except ValueError as problem:
        raise ApiError("The body must be a JSON object.") from problem
    if not isinstance(words, dict):
        raise ApiError("The body must be a JSON object.")
    return words


def _deliver(desk: Desk, courier: Courier, words: JSON) -> int:
    if words.get("dropped"):
        with desk.store.transaction() as tx:
            deliveries.release_dropped(tx, wall=desk.clock())
    return courier.deliver_due(force=bool(words.get("now", True)))


def _created(asked: Asked) -> None:
    asked.call.tx.set("created", asked.word("created", int, None))


def _deliveries(asked: Asked) -> JSON:
    rules = {
        "copies": asked.word("copies", int, 1),
        "delay": asked.word("delay", float, 0),
        "drop": asked.word("drop", int, 0),
        "paused": asked.word("paused", bool, False),
        "shuffle": asked.word("shuffle", float, 0),
        "silent": asked.word("silent", bool, False),
    }
    asked.call.tx.set("deliveries", rules)
    return rules


def _redeliver(asked: Asked) -> None:
    event = asked.call.get("event", asked.word("event", str))
    for _ in range(asked.word("copies", int, 1)):
        deliveries.add(asked.call.tx, event["id"], due=asked.call.wall, wall=asked.call.wall)


def _answer(asked: Asked) -> None:
    status = asked.word("status", int, 500)
    if not 400 <= status <= 599:
        refuse("status must be between 400 and 599.", param="status")
    _fault(asked, status=status)


def _slow(asked: Asked) -> None:
    when = asked.one_of("when", ("before", "after"), "before")
    _fault(asked, **{when: asked.word("seconds", float)})


def _lose(asked: Asked) -> None:
    _fault(asked, lose=asked.one_of("how", ("close", "500"), "close"))


def _fault(asked: Asked, **facts: Any) -> None:
    faults.add(asked.call.tx, Fault(times=asked.word("times", int, 1), on=asked.word("on", str, ""), **facts))


def _clear(asked: Asked) -> None:
    for name in ("created", "deliveries", "faults", "refunds"):
        asked.call.tx.set(name, None)


def _payouts(asked: Asked) -> None:
    if asked.word("daily", bool, True):
        payouts.begin(asked.call)
    else:
        asked.call.tx.set("payouts", None)


def _payout(asked: Asked) -> JSON:
    return {"payouts": payouts.pay_out(asked.call)}


def _past(asked: Asked) -> JSON:
    return make_past(asked.call, asked.words.get("payments"))


def _pay(asked: Asked) -> JSON:
    call, session = asked.call, asked.call.get("checkout.session", asked.word("session", str))
    payer = Payer(asked.word("email", str, Payer().email), asked.word("name", str, Payer().name))
    code = asked.words.get("decline")
    if code is not None:
        return payments.decline(call, session, payer, code=asked.one_of("decline", tuple(DECLINES)))
    if "later" in asked.words:
        succeeds = asked.one_of("later", ("succeeded", "failed")) == "succeeded"
        return payments.pay_later(
            call, session, payer, method="sepa_debit", succeeds=succeeds, after=asked.word("after", int, 10)
        )
    if "amount" in asked.words:
        amount = {"amount": asked.word("amount", int)}
        session |= {"amount_total": amount["amount"]}
        if session["payment_intent"]:
            # Begun before, by a card that was declined or a bank that asked.
            call.tx.save(call.get("payment_intent", session["payment_intent"]) | amount)
    return payments.pay(call, session, payer)


def _settle(asked: Asked) -> JSON:
    session = asked.call.get("checkout.session", asked.word("session", str))
    outcome = asked.one_of("outcome", ("succeeded", "failed"), "succeeded")
    return payments.settle(asked.call, session, succeeds=outcome == "succeeded")


def _refund(asked: Asked) -> JSON:
    # When it is made is ours to say; Stripe's API does not know the word.
    asked.call.params = {name: value for name, value in asked.words.items() if name != "created"}
    return refunds.create(asked.call)


def _refund_status(asked: Asked) -> JSON:
    refund = asked.call.get("refund", asked.word("refund", str))
    status = asked.one_of("status", ("succeeded", "failed", "canceled"))
    if status == "succeeded":
        return refunds.succeed(asked.call, refund)
    return refunds.send_back(asked.call, refund, status=status)


def _refunds(asked: Asked) -> None:
    choices = ("succeeded", "pending", "requires_action", "failed", "canceled")
    status = asked.one_of("status", choices)
    asked.call.tx.set("refunds", {"status": status, "times": asked.word("times", int, 1)})


def _dispute(asked: Asked) -> JSON:
    charge = refunds.find_charge(asked.call)
    begin = disputes.open_inquiry if asked.word("inquiry", bool, False) else disputes.open_dispute
    return begin(
        asked.call,
        charge,
        amount=asked.word("amount", int, None),
        reason=asked.word("reason", str, "fraudulent"),
    )


def _escalate_dispute(asked: Asked) -> JSON:
    return disputes.escalate(asked.call, asked.call.get("dispute", asked.word("dispute", str)))


def _close_dispute(asked: Asked) -> JSON:
    dispute = asked.call.get("dispute", asked.word("dispute", str))
    status = asked.one_of("status", ("won", "lost", "warning_closed"))
    return disputes.close_dispute(
        asked.call, dispute, status=status, reinstated=asked.word("reinstated", int, 0)
    )


VERBS: dict[str, Callable[[Asked], Any]] = {
    "answer": _answer,
    "clear": _clear,
    "close-dispute": _close_dispute,
    "created": _created,
    "deliveries": _deliveries,
    "dispute": _dispute,
    "escalate-dispute": _escalate_dispute,
    "lose": _lose,
    "past": _past,
    "pay": _pay,
    "payout": _payout,
    "payouts": _payouts,
    "redeliver": _redeliver,
    "refund": _refund,
    "refund-status": _refund_status,
    "refunds": _refunds,
    "settle": _settle,
    "slow": _slow,
}
