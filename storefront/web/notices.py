"""What the request before this one had to say, for the page that it led to.

Knows Flask's flashed messages; refuses to keep any.
"""

from typing import Any

from flask import get_flashed_messages


def notices() -> list[dict[str, str]]:
    """Its words and their kinds, as the frame shows them."""
    said: list[Any] = get_flashed_messages(with_categories=True)
    return [{"text": text, "kind": kind} for kind, text in said]
