"""Passwords: how good one has to be, and whether it is the right one in the same time for everybody.

Knows hashing and guessing; refuses to know whose a password is.
"""

import unicodedata
from functools import lru_cache

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.accounts.library import hash_password, verify_password

SHORTEST, LONGEST = 15, 128
# Of 4: "safely unguessable: moderate protection from offline slow-hash scenario".
_WANTED_SCORE = 3
# What zxcvbn reads at most; a longer one is not worse for what follows.
_READ = 72


def problem_with(password: str, *, about: tuple[str, ...]) -> str | None:
    """Why the password will not do, in a sentence, or None; `about` are words that anybody knows of the person."""
    text = _normal(password)
    if len(text) < SHORTEST:
        return ngettext(
            "Please take at least %(num)d character.", "Please take at least %(num)d characters.", SHORTEST
        )
    if len(text) > LONGEST:
        return _("Please take at most %(most)d characters.", most=LONGEST)
    # Its lists of words take 12 MiB: loaded by whoever chooses a password.
    import zxcvbn

    known = [word for each in about for word in (each, *each.replace("@", ".").split(".")) if word]
    if zxcvbn.zxcvbn(text[:_READ], user_inputs=known)["score"] < _WANTED_SCORE:
        return _(
            "This would be guessed soon. Four or five words that have nothing to do with each other are good."
        )
    return None


def hashed(password: str) -> str:
    """What is kept of the password: Argon2id, with the cost that `init_app` sets."""
    return str(hash_password(_normal(password)))


def is_right(password: str, kept: str | None) -> bool:
    """Whether it is the password kept; where none is, the answer takes as long and is no."""
    # Made for both: else the first unknown address after a start would take a hash longer than a known one.
    nobodys = _nobodys()
    fits = bool(verify_password(_normal(password)[: LONGEST + 1], kept or nobodys))
    return fits and kept is not None


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hashed("nobody’s password, of which nothing is kept")


def _normal(password: str) -> str:
    """However the keyboard composes it (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
