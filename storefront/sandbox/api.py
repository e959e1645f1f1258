"""Stripe's API: one request in, one answer out, done at most once per idempotency key."""

import hmac
from dataclasses import dataclass

from werkzeug.wrappers import Request, Response

from storefront.sandbox import answers, faults
from storefront.sandbox.answers import Answer
from storefront.sandbox.call import Call, new_id
from storefront.sandbox.desk import Desk
from storefront.sandbox.expand import expanded
from storefront.sandbox.faults import Fault
from storefront.sandbox.params import check
from storefront.sandbox.routes import Route, find_route
from storefront.sandbox.store import JSON, Transaction
from storefront.sandbox.wire import ApiError, decode, encode_json, json_response


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was understood: where it goes, with which parameters and key."""

    route: Route
    ids: tuple[str, ...]
    params: JSON
    key: str | None
    mark: str
    request_id: str
    origin: str


def answer_api(desk: Desk, request: Request) -> Response:
    """Answer a request to /v1; may wait or break the connection where a fault was asked for."""
    request_id = new_id("req", 14)
    try:
        authenticate(desk, request)
        asked = _understood(desk, request, request_id)
    except ApiError as problem:
        return json_response(problem.body, problem.status, [("Request-Id", request_id)])
    with desk.store.transaction() as tx:
        fault = faults.take(tx, f"{asked.route.method} {request.path}")
    faults.wait(fault.before)
    with desk.transaction() as tx:
        answer, replayed = _answer(desk, tx, asked, fault)
    faults.wait(fault.after)
    if fault.lose == "close":
        raise ConnectionAbortedError("the answer was lost, as asked for")
    return json_response(answer.body, answer.status, _headers(asked, answer, replayed))


def authenticate(desk: Desk, request: Request) -> None:
    """Refuse whoever does not know the secret key (as Bearer or Basic, as Stripe takes it)."""
    given = request.authorization
    key = (given.token if given and given.type == "bearer" else given.username if given else None) or ""
    if not key:
        raise ApiError("You did not provide an API key.", status=401, kept=False)
    if not hmac.compare_digest(key.encode(), desk.secret_key.encode()):
        hidden = key[:8] + "*" * 8 + key[-4:]
        raise ApiError(f"Invalid API Key provided: {hidden}", status=401, kept=False)


def _understood(desk: Desk, request: Request, request_id: str) -> Asked:
    route, ids = find_route(request.method, request.path)
    text = request.get_data() if request.method == "POST" else request.query_string
    params = decode(text)
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    mark = answers.fingerprint(request.method, request.path, params)
    return Asked(route, ids, params, key, mark, request_id, desk.origin_of(request))


def _answer(desk: Desk, tx: Transaction, asked: Asked, fault: Fault) -> tuple[Answer, bool]:
    wall = desk.clock()
    kept = True
    try:
        if asked.key and (stored := answers.find(tx, asked.key, mark=asked.mark, wall=wall)):
            return stored, True
        if fault.status:
            # Stripe stores a 500 under the key; what was turned away at the door (429, 409) it does not.
            status, body, kept = fault.status, fault.body, fault.status >= 500
        else:
            status, body = 200, _done(desk, tx, asked)
    except ApiError as problem:
        status, body, kept = problem.status, problem.body, problem.kept
    if fault.lose == "500" and status == 200:
        status, body = 500, fault.body
    answer = Answer(status, encode_json(body), asked.request_id)
    if asked.key and kept:
        answers.keep(tx, asked.key, answer, mark=asked.mark, wall=wall)
    return answer, False


def _done(desk: Desk, tx: Transaction, asked: Asked) -> JSON:
    tx.run("SAVEPOINT endpoint")
    try:
        params = check(asked.route.table, asked.params)
        call: Call = desk.call(tx, params=params, origin=asked.origin)
        call.request_id, call.key = asked.request_id, asked.key
        body = expanded(call, asked.route.answer(call, *asked.ids))
    except BaseException:
        tx.run("ROLLBACK TO endpoint")
        raise
    finally:
        tx.run("RELEASE endpoint")
    return body


def _headers(asked: Asked, answer: Answer, replayed: bool) -> list[tuple[str, str]]:
    headers = [("Request-Id", asked.request_id)]
    if asked.key:
        headers += [("Idempotency-Key", asked.key), ("Original-Request", answer.request_id)]
    if replayed:
        headers.append(("Idempotent-Replayed", "true"))
    return headers
