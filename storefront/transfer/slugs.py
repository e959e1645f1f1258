"""Addresses made of what other shops call things.

Knows which characters an address may have; refuses to know what stands under it.
"""

import re
from functools import lru_cache

from slugify import slugify

_PLAIN = re.compile(r"[\w-]{1,200}")


def slug_of(handle: str) -> str:
    """The address under which a handle is sold: itself in small letters, or made fit for an address."""
    if _PLAIN.fullmatch(handle):
        return handle.lower()
    return slugify(handle, allow_unicode=True, max_length=200)


@lru_cache(maxsize=1_000)
def collection_slug(title: str) -> str:
    """The address of a collection."""
    return slugify(title, allow_unicode=True, max_length=120)
