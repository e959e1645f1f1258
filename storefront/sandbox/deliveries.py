"""The queue of webhook deliveries: durable rows, claimed with a lease, tried again with backoff."""

import json
import random
from collections.abc import Collection
from dataclasses import dataclass

from storefront.sandbox.store import JSON, Transaction

LEASE = 30.0
"""Seconds that a delivery under way is left alone; after a crash it is then tried again."""

LONGEST_WAIT = 3600.0
GIVE_UP_AFTER = 3 * 86_400.0
"""Seconds: Stripe tries for up to three days (docs.stripe.com/webhooks)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver an event: its row, the event's body, and which attempt this is."""

    id: int
    event: JSON
    attempt: int
    first_at: float


def queue(tx: Transaction, event: str, *, wall: float) -> None:
    """Owe an event to the endpoint, as the control endpoint's `deliveries` setting says."""
    rules: JSON = tx.setting("deliveries", {})
    if rules.get("silent"):
        return
    drop = rules.get("drop", 0)
    if drop > 0:
        tx.set("deliveries", rules | {"drop": drop - 1})
    state = "dropped" if drop else "waiting"
    for _ in range(rules.get("copies", 1)):
        due = wall + rules.get("delay", 0) + random.uniform(0, rules.get("shuffle", 0))
        add(tx, event, due=due, wall=wall, state=state)


def add(tx: Transaction, event: str, *, due: float, wall: float, state: str = "waiting") -> None:
    """One more delivery of an event, due at an instant of the sandbox's clock (seconds)."""
    tx.run(
        "INSERT INTO delivery (event, state, first_at, due_at) VALUES (?, ?, ?, ?)", (event, state, wall, due)
    )


def claim(
    tx: Transaction, *, wall: float, force: bool = False, besides: Collection[int] = ()
) -> Delivery | None:
    """The next delivery that is due (with `force`, the next that waits at all), leased to the caller."""
    rules: JSON = tx.setting("deliveries", {})
    if rules.get("paused") and not force:
        return None
    order = "random()" if rules.get("shuffle") else "due_at, id"
    row = tx.run(
        "SELECT id, event, attempts, first_at FROM delivery WHERE state = 'waiting' AND due_at <= ?"
        f" AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY {order} LIMIT 1",
        (float("inf") if force else wall, json.dumps(list(besides))),
    ).fetchone()
    if row is None:
        return None
    id, event_id, attempts, first_at = row
    tx.run("UPDATE delivery SET attempts = attempts + 1, due_at = ? WHERE id = ?", (wall + LEASE, id))
    event = tx.find("event", event_id)
    assert event is not None, "a delivery refers to its event"
    waiting = tx.run(
        "SELECT count(*) FROM delivery WHERE event = ? AND state <> 'delivered'", (event_id,)
    ).fetchone()[0]
    return Delivery(id, event | {"pending_webhooks": waiting}, attempts + 1, first_at)


def settle(tx: Transaction, delivery: Delivery, *, answer: str, delivered: bool, wall: float) -> None:
    """Record what became of an attempt; a failed one is due again in 1, 2, 4 … seconds, at most an hour."""
    if delivered:
        state, due = "delivered", wall
    elif wall - delivery.first_at > GIVE_UP_AFTER:
        state, due = "failed", wall
    else:
        state, due = "waiting", wall + min(2.0 ** (delivery.attempt - 1), LONGEST_WAIT)
    tx.run(
        "UPDATE delivery SET state = ?, due_at = ?, last_answer = ? WHERE id = ?",
        (state, due, answer, delivery.id),
    )


def next_due(tx: Transaction) -> float | None:
    """When the next waiting delivery is due, or None; a paused queue has none."""
    if tx.setting("deliveries", {}).get("paused"):
        return None
    due: float | None = tx.run("SELECT min(due_at) FROM delivery WHERE state = 'waiting'").fetchone()[0]
    return due


def release_dropped(tx: Transaction, *, wall: float) -> int:
    """Let dropped deliveries be tried after all; returns how many."""
    return tx.run(
        "UPDATE delivery SET state = 'waiting', due_at = ? WHERE state = 'dropped'", (wall,)
    ).rowcount
