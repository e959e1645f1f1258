"""Codes of gift cards: how one is made, read as people type it, and kept.

Knows the alphabet and the digest; refuses to keep a code: whoever reads the table cannot spend.
"""

import hashlib
import secrets

# Crockford's base 32 (https://www.crockford.com/base32.html) reads O as 0 and I and L as 1; 16 signs are 80 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A code that nobody guesses, as it is written to its owner: 7QK2-9FMD-X0VB-3TRA."""
    signs = "".join(secrets.choice(ALPHABET) for _each in range(LENGTH))
    return "-".join(signs[start : start + 4] for start in range(0, LENGTH, 4))


def code_key(typed: str) -> str | None:
    """What was typed as codes are compared: capitals without dashes and spaces; None where it cannot be a code."""
    signs = "".join(each for each in typed.upper() if each.isalnum()).translate(_READ_AS)
    is_code = len(signs) == LENGTH and all(each in ALPHABET for each in signs)
    return signs if is_code else None


def digest(key: str) -> str:
    """What is kept of a code: a plain hash is enough, since 80 random bits are not tried through."""
    return hashlib.sha256(key.encode()).hexdigest()
