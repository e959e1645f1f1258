"""One request at work: its transaction, its time, and what the endpoints need to answer it."""

import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from storefront.sandbox.store import JSON, Compare, Filter, Page, Transaction
from storefront.sandbox.wire import ApiError, missing, refuse

LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """A random id of Stripe's form: `pi_3Qx…`."""
    return prefix + "_" + "".join(LETTERS[byte % len(LETTERS)] for byte in secrets.token_bytes(length))


@dataclass(slots=True)
class Call:
    """What an endpoint works with.

    `now` is in seconds since 1970 and may be a past set by the control endpoint; `origin` is where the
    sandbox's own pages are; `endpoint` says whether events are announced to anyone at all.
    """

    tx: Transaction
    now: int
    wall: float
    origin: str
    endpoint: bool
    params: JSON = field(default_factory=dict)
    request_id: str | None = None
    key: str | None = None

    def get(self, kind: str, id: str, *, param: str = "id") -> JSON:
        """The body of an object; raises the 404 that Stripe would."""
        found = self.tx.find(kind, id)
        if found is None:
            raise missing(kind, id, param=param)
        return found

    def page(self, kind: str, url: str, *, filters: Sequence[str] = (), where: Sequence[Any] = ()) -> JSON:
        """Stripe's list object for this call's list parameters; `filters` are fields compared as given."""
        wanted = Filter(
            fields={name: self.params[name] for name in filters if name in self.params},
            created=span(self.params.get("created")),
            where=where,
        )
        limit = self.params.get("limit", 10)
        if not 1 <= limit <= 100:
            refuse(
                "Invalid limit: it must be between 1 and 100.",
                param="limit",
                code="parameter_invalid_integer",
            )
        after, before = self._cursor(kind, "starting_after"), self._cursor(kind, "ending_before")
        if after and before:
            refuse("You may only specify one of these parameters: starting_after, ending_before.")
        found = self.tx.select(kind, wanted, Page(limit + 1, after, before))
        more = len(found) > limit
        kept = found[1:] if more and before else found[:limit]
        return {"object": "list", "data": kept, "has_more": more, "url": url}

    def _cursor(self, kind: str, name: str) -> str | None:
        id: str | None = self.params.get(name)
        if id is not None:
            self.get(kind, id, param=name)
        return id


def span(created: Any) -> list[tuple[Compare, int]]:
    """The `created` parameter of lists as comparisons: an instant, or bounds."""
    if created is None:
        return []
    if isinstance(created, int):
        return [("gte", created), ("lte", created)]
    return list(created.items())


def played(params: JSON, words: Sequence[str], inert: Sequence[str] = ()) -> None:
    """Refuse parameters that Stripe knows but this sandbox does not act out, rather than ignore them."""
    for name in params:
        if name not in words and name not in inert and name != "expand":
            raise ApiError(f"The sandbox does not play the parameter {name}.", param=name, kept=False)


def check_metadata(metadata: Any, *, param: str = "metadata") -> dict[str, str]:
    """Metadata within Stripe's limits: 50 keys of 40 characters, values of 500."""
    if not metadata:
        return {}
    kept = {name: value for name, value in metadata.items() if value != ""}
    if len(kept) > 50:
        refuse("Metadata can have at most 50 keys.", param=param)
    for name, value in kept.items():
        if len(name) > 40:
            refuse(f"Metadata keys can be at most 40 characters: {name[:40]}…", param=param)
        if len(value) > 500:
            where = f"{param}[{name}]"
            refuse(f"Metadata values can have up to 500 characters, not {len(value)}.", param=where)
    return kept


def changed_metadata(old: dict[str, str], change: Any) -> dict[str, str]:
    """Metadata after an update: given keys are set, empty values unset, an empty whole clears."""
    if change == "":
        return {}
    merged = {**old, **(change or {})}
    return check_metadata(merged)
