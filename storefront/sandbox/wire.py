"""Stripe's wire: form-encoded requests in, JSON bodies and JSON errors out.

Knows how things are written, not what they mean.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from werkzeug.wrappers import Response

from storefront.sandbox.store import JSON

API_VERSION = "2026-10-28.endive"
"""The version that stripe 16.1 pins (`stripe._api_version`); events are written in it."""

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
DEEPEST = 10


class ApiError(Exception):
    """An answer of Stripe's kind for a request that cannot be done.

    `kept` says whether the answer is stored under the idempotency key: Stripe stores what an endpoint
    answered once it began to work, and forgets what was refused before that.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        kept: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept
        self.error: JSON = {"message": message, "type": type}
        if param:
            self.error["param"] = param
        if code:
            self.error["code"] = code
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"

    @property
    def body(self) -> JSON:
        """The JSON body of the answer."""
        return {"error": self.error}


def refuse(message: str, *, param: str | None = None, code: str | None = None) -> NoReturn:
    """Raise the 400 of a rule that the endpoint checked (stored under the idempotency key)."""
    raise ApiError(message, param=param, code=code)


def missing(kind: str, id: str, *, param: str = "id") -> ApiError:
    """The 404 for an id that is nobody's."""
    return ApiError(f"No such {kind}: '{id}'", status=404, param=param, code="resource_missing")


def decode(text: bytes | str) -> JSON:
    """Form or query text as nested dicts and lists of strings: `a[0][b]=c` is `{"a": [{"b": "c"}]}`.

    Raises ApiError for text that is not UTF-8 or has a malformed key.
    """
    try:
        plain = text.decode("ascii") if isinstance(text, bytes) else text
        pairs = parse_qsl(plain, keep_blank_values=True, errors="strict", max_num_fields=5000)
    except ValueError as problem:
        raise ApiError("Invalid request body: it must be form-encoded UTF-8.", kept=False) from problem
    tree: JSON = {}
    for key, value in pairs:
        _plant(tree, _path(key), value)
    return {name: _listed(branch) for name, branch in tree.items()}


def encode_json(body: JSON) -> str:
    """JSON as Stripe prints it: indented by two."""
    return json.dumps(body, indent=2, ensure_ascii=False)


def json_response(body: JSON | str, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """A JSON answer that is never cached."""
    text = body if isinstance(body, str) else encode_json(body)
    response = Response(text, status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-cache, no-store"
    response.headers["Stripe-Version"] = API_VERSION
    for name, value in headers:
        response.headers[name] = value
    return response


def _path(key: str) -> list[str]:
    match = KEY.fullmatch(key)
    if not match:
        raise ApiError(f"Invalid request: malformed parameter name {key!r}.", kept=False)
    path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    if len(path) > DEEPEST:
        raise ApiError(f"Invalid request: {key!r} is nested too deeply.", kept=False)
    return path


def _plant(tree: JSON, path: list[str], value: str) -> None:
    branch = tree
    for name in path[:-1]:
        twig = branch.setdefault(name or str(len(branch)), {})
        if not isinstance(twig, dict):
            raise ApiError(f"Invalid request: {path[0]!r} is both a value and a hash.", kept=False)
        branch = twig
    leaf = path[-1] or str(len(branch))
    if isinstance(branch.get(leaf), dict):
        raise ApiError(f"Invalid request: {path[0]!r} is both a value and a hash.", kept=False)
    branch[leaf] = value


def _listed(branch: Any) -> Any:
    if not isinstance(branch, dict):
        return branch
    leaves = {name: _listed(leaf) for name, leaf in branch.items()}
    if leaves and all(name.isdecimal() and name.isascii() for name in leaves):
        return [leaves[name] for name in sorted(leaves, key=int)]
    return leaves
