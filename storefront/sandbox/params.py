"""Parameters checked against the TypedDicts of the installed `stripe` library, as Stripe would check them.

Turns strings into typed values or refuses in Stripe's words; knows nothing of rules between fields.
"""

import importlib
import re
import types
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from storefront.sandbox.store import JSON
from storefront.sandbox.wire import ApiError

INTEGER = re.compile(r"-?[0-9]{1,18}")


def check(table: str, values: JSON) -> JSON:
    """`values` with every leaf typed, checked against a TypedDict of `stripe.params`.

    `table` names one below `stripe.params`: "checkout.session_create" is
    `stripe.params.checkout._session_create_params.SessionCreateParams`.
    Raises ApiError (400, not kept under the idempotency key) for what Stripe would refuse.
    """
    return _checked_fields(_table(table), values, path="")


@cache
def _table(name: str) -> type:
    # Imported on the first request: the library takes a sixth of a second, which a start can do without.
    folder, _, words = name.rpartition(".")
    module = importlib.import_module(".".join(filter(None, ["stripe.params", folder, f"_{words}_params"])))
    found: type = getattr(module, "".join(word.title() for word in words.split("_")) + "Params")
    return found


@cache
def _fields(table: type) -> dict[str, Any]:
    options = importlib.import_module("stripe._request_options")
    module = importlib.import_module(table.__module__)
    names = {**vars(options), **vars(module), "StripeContext": object}
    hints = get_type_hints(table, names)
    # Key, headers and the like belong to the caller's library and never travel as parameters.
    return {name: hint for name, hint in hints.items() if name not in options.RequestOptions.__annotations__}


def _checked_fields(table: type, values: JSON, path: str) -> JSON:
    fields = _fields(table)
    for name in values:
        if name not in fields:
            where = _join(path, name)
            raise _bad(f"Received unknown parameter: {where}", where, "parameter_unknown")
    required: frozenset[str] = getattr(table, "__required_keys__", frozenset())
    for name in sorted(required & fields.keys()):
        if name not in values:
            where = _join(path, name)
            raise _bad(f"Missing required param: {where}.", where, "parameter_missing")
    return {name: _checked(fields[name], value, _join(path, name)) for name, value in values.items()}


def _checked(hint: Any, value: Any, path: str) -> Any:
    choices = _choices(hint)
    if value == "" and Literal[""] not in choices and str not in choices:
        raise _bad(
            f"Invalid {_last(path)}: an empty string is not allowed here.", path, "parameter_invalid_empty"
        )
    if isinstance(value, dict):
        return _checked_hash(choices, value, path)
    if isinstance(value, list):
        return _checked_list(choices, value, path)
    return _checked_text(choices, value, path)


def _checked_hash(choices: list[Any], value: JSON, path: str) -> Any:
    for choice in choices:
        if _is_hash(choice):
            return _checked_fields(choice, value, path)
        if get_origin(choice) is dict:
            item = get_args(choice)[1]
            return {
                name: "" if leaf == "" else _checked(item, leaf, _join(path, name))
                for name, leaf in value.items()
            }
    raise _bad(f"Invalid {'array' if _is_list(choices) else 'string'}: {{...}}", path)


def _checked_list(choices: list[Any], value: list[Any], path: str) -> Any:
    for choice in choices:
        if get_origin(choice) is list:
            item = get_args(choice)[0]
            return [_checked(item, leaf, f"{path}[{place}]") for place, leaf in enumerate(value)]
    if any(get_origin(choice) is dict for choice in choices):
        # metadata[0]=… arrives looking like a list; its names happen to be digits.
        return _checked_hash(choices, {str(place): leaf for place, leaf in enumerate(value)}, path)
    raise _bad("Invalid object" if any(map(_is_hash, choices)) else "Invalid string: [...]", path)


def _checked_text(choices: list[Any], value: str, path: str) -> Any:
    words = [choice for choice in choices if get_origin(choice) is Literal]
    if words:
        allowed = [word for choice in words for word in get_args(choice)]
        if value in allowed:
            return value
        numbers = [choice for choice in choices if choice in _PARSERS and choice is not str]
        if any(allowed) and not numbers:
            listed = " or ".join(filter(None, [", ".join(allowed[:-1]), allowed[-1]]))
            raise _bad(f"Invalid {_last(path)}: must be one of {listed}", path)
    for choice in choices:
        if choice in _PARSERS:
            return _PARSERS[choice](value, path)
    raise _bad("Invalid array" if _is_list(choices) else "Invalid object", path)


def _text(value: str, path: str) -> str:
    if value == "":
        message = (
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a "
            f"parameter; however '{path}' cannot be unset. You should remove '{path}' from your request or "
            "supply a non-empty value."
        )
        raise _bad(message, path, "parameter_invalid_empty")
    if "\x00" in value:
        raise _bad(f"Invalid string: {path} holds a NUL character.", path)
    return value


def _integer(value: str, path: str) -> int:
    if not INTEGER.fullmatch(value):
        raise _bad(f"Invalid integer: {value}", path, "parameter_invalid_integer")
    return int(value)


def _boolean(value: str, path: str) -> bool:
    if value not in ("true", "false"):
        raise _bad(f"Invalid boolean: {value}", path)
    return value == "true"


def _decimal(value: str, path: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _bad(f"Invalid decimal: {value}", path)
    return number


# In this order: a field that takes a number or a word is tried as a number only when no word fits.
_PARSERS: dict[Any, Any] = {int: _integer, bool: _boolean, Decimal: _decimal, float: _decimal, str: _text}


@cache
def _choices_of(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(choice for part in get_args(hint) for choice in _choices_of(part))
    return (hint,)


def _choices(hint: Any) -> list[Any]:
    return [choice for choice in _choices_of(hint) if choice is not type(None)]


def _is_list(choices: list[Any]) -> bool:
    return any(get_origin(choice) is list for choice in choices)


def _is_hash(choice: Any) -> bool:
    # typing.is_typeddict does not know the TypedDict of typing_extensions.
    return isinstance(choice, type) and hasattr(choice, "__required_keys__")


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _last(path: str) -> str:
    return path.rpartition("[")[2].rstrip("]")


def _bad(message: str, param: str, code: str | None = None) -> ApiError:
    return ApiError(message, param=param, code=code, kept=False)
