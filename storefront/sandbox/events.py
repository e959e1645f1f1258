"""Events: what happened, snapshotted when it happened, and whom it is still owed to."""

from typing import Any

from storefront.sandbox.bodies import born
from storefront.sandbox.call import Call, new_id
from storefront.sandbox.deliveries import queue
from storefront.sandbox.store import JSON
from storefront.sandbox.wire import API_VERSION, missing, refuse

RETENTION = 30 * 86_400
"""Seconds that events can be read back (docs.stripe.com/api/events: 30 days)."""

UNDELIVERED = "EXISTS (SELECT 1 FROM delivery d WHERE d.event = object.id AND d.state <> 'delivered')"


def emit(call: Call, type: str, body: JSON, *, previous: JSON | None = None) -> None:
    """Record an event with a snapshot of the object, and queue its deliveries."""
    data: JSON = {"object": body}
    if previous is not None:
        data["previous_attributes"] = previous
    event = born(
        "event",
        id=new_id("evt"),
        api_version=API_VERSION,
        created=call.now,
        data=data,
        request={"id": call.request_id, "idempotency_key": call.key},
        type=type,
    )
    call.tx.add(event)
    if call.endpoint:
        queue(call.tx, event["id"], wall=call.wall)


def retrieve(call: Call, id: str) -> JSON:
    """One event with the number of deliveries that it still waits for."""
    event = call.get("event", id)
    if event["created"] < call.now - RETENTION:
        raise missing("event", id)
    return _with_pending(call, event)


def page(call: Call) -> JSON:
    """Events of the last 30 days, newest first, by type, time and delivery."""
    where: list[tuple[str, list[Any]]] = [("created >= ?", [call.now - RETENTION])]
    if "type" in call.params and "types" in call.params:
        refuse("You may only specify one of these parameters: type, types.", param="types")
    wanted = call.params.get("types") or [call.params["type"]] if _by_type(call) else []
    if wanted:
        globs = " OR ".join("json_extract(body, '$.type') GLOB ?" for _ in wanted)
        where.append((f"({globs})", wanted))
    if "delivery_success" in call.params:
        where.append((f"NOT {UNDELIVERED}" if call.params["delivery_success"] else UNDELIVERED, []))
    listed = call.page("event", "/v1/events", where=where)
    listed["data"] = [_with_pending(call, event) for event in listed["data"]]
    return listed


def _by_type(call: Call) -> bool:
    return "type" in call.params or "types" in call.params


def _with_pending(call: Call, event: JSON) -> JSON:
    row = call.tx.run(
        "SELECT count(*) FROM delivery WHERE event = ? AND state <> 'delivered'", (event["id"],)
    ).fetchone()
    return event | {"pending_webhooks": row[0]}
