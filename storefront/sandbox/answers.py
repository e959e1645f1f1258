"""Idempotency keys as Stripe keeps them: an answer is stored with its key for 24 hours and given again."""

import hashlib
import json
from dataclasses import dataclass

from storefront.sandbox.store import JSON, Transaction
from storefront.sandbox.wire import ApiError

KEPT_FOR = 24 * 3600.0
"""Seconds (docs.stripe.com/api/idempotent_requests: keys may be removed after 24 hours)."""

LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered under a key; `body` is the very text."""

    status: int
    body: str
    request_id: str


def fingerprint(method: str, path: str, params: JSON) -> str:
    """What must be equal for two requests to be the same request."""
    text = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def find(tx: Transaction, key: str, *, mark: str, wall: float) -> Answer | None:
    """The stored answer for a key, or None; refuses a key that was used for another request."""
    if len(key) > LONGEST_KEY:
        raise ApiError(f"Idempotency keys can be at most {LONGEST_KEY} characters.", kept=False)
    row = tx.run(
        "SELECT fingerprint, status, body, request_id FROM answer WHERE key = ? AND stored_at > ?",
        (key, wall - KEPT_FOR),
    ).fetchone()
    if row is None:
        return None
    if row[0] != mark:
        raise ApiError(
            "Keys for idempotent requests can only be used with the same parameters they were first used "
            f"with. Try using a key other than '{key}' if you meant to execute a different request.",
            type="idempotency_error",
            kept=False,
        )
    return Answer(*row[1:])


def keep(tx: Transaction, key: str, answer: Answer, *, mark: str, wall: float) -> None:
    """Store an answer under its key, and forget those that are too old."""
    tx.run("DELETE FROM answer WHERE stored_at <= ?", (wall - KEPT_FOR,))
    tx.run(
        "INSERT INTO answer (key, fingerprint, status, body, request_id, stored_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (key, mark, answer.status, answer.body, answer.request_id, wall),
    )
