"""`expand[]`: ids in an answer replaced by the objects they name, a few levels deep."""

from typing import Any

from storefront.sandbox.call import Call
from storefront.sandbox.sessions import items_of
from storefront.sandbox.store import JSON, Filter
from storefront.sandbox.wire import refuse

KINDS = {
    "balance_transaction": "balance_transaction",
    "charge": "charge",
    "failure_balance_transaction": "balance_transaction",
    "latest_charge": "charge",
    "payment_intent": "payment_intent",
}
DEEPEST = 4


def expanded(call: Call, body: JSON) -> JSON:
    """The answer with every path of the `expand` parameter opened; raises for what cannot be."""
    for path in call.params.get("expand", []):
        words = path.split(".")
        if len(words) - (words[0] == "data") > DEEPEST:
            refuse(f"You cannot expand more than {DEEPEST} levels of a property: {path}.", param="expand")
        _open(call, body, words, path)
    return body


def _open(call: Call, body: Any, words: list[str], path: str) -> None:
    if body is None or not words:
        return
    word, rest = words[0], words[1:]
    if word == "data" and body.get("object") == "list":
        for entry in body["data"]:
            _open(call, entry, rest, path)
        return
    opened = _opened(call, body, word)
    if opened is None:
        refuse(f"This property cannot be expanded ({path}).", param="expand")
    body[word] = opened["value"]
    _open(call, body[word], rest, path)


def _opened(call: Call, body: JSON, word: str) -> JSON | None:
    if word == "line_items" and body["object"] == "checkout.session":
        return {"value": items_of(call, body["id"])}
    if word == "refunds" and body["object"] == "charge":
        refunds = call.tx.select("refund", Filter(fields={"charge": body["id"]}))
        url = f"/v1/charges/{body['id']}/refunds"
        return {"value": {"object": "list", "data": refunds, "has_more": False, "url": url}}
    if word not in KINDS or word not in body:
        return None
    value = body[word]
    return {"value": call.get(KINDS[word], value) if isinstance(value, str) else value}
