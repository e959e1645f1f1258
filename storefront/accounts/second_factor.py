"""The second factor: codes of an authenticator app, and what stands in when the phone is gone.

Knows secrets, time steps and recovery codes; refuses to know pages.
"""

import hmac
import io
import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from flask import current_app

from storefront.accounts.library import Totp, let_encrypt
from storefront.accounts.models import Customer, RecoveryCode
from storefront.config import settings
from storefront.database import require_transaction

RECOVERY_CODES = 10
# A phone's clock may be as wrong as this.
WINDOW_SECONDS = 30


class UsedCode(Exception):
    """A code of a time step that was already used."""


class Codes(Totp):
    """Flask-Security's codes, each good once: the last time step used is kept with the person."""

    def get_last_counter(self, user: Any) -> int | None:
        """The last time step used."""
        counter: int | None = user.totp_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Keep the time step; of two requests with one code the second raises UsedCode. A step."""
        kept = (
            sa.update(Customer)
            .where(Customer.id == user.id)
            .where(sa.or_(Customer.totp_counter.is_(None), Customer.totp_counter < tmatch.counter))
            .values(totp_counter=tmatch.counter)
        )
        if require_transaction().execute(kept).rowcount != 1:  # type: ignore[attr-defined]
            raise UsedCode


def new_secret() -> str:
    """A secret for an authenticator app, encrypted as it is kept."""
    return str(_codes().generate_totp_secret())


def setup_of(secret: str, *, email: str) -> tuple[str, str]:
    """What the app is shown: the drawn code as an SVG element without styles, and the key to type."""
    # With it comes Pillow: loaded by whoever sets an app up.
    import qrcode
    import qrcode.image.svg

    drawn = qrcode.make(
        _codes().get_totp_uri(email, secret), image_factory=qrcode.image.svg.SvgPathImage, border=2
    )
    out = io.BytesIO()
    drawn.save(out)
    svg = out.getvalue().decode()
    return svg[svg.index("<svg") :], str(_codes().get_totp_pretty_key(secret))


def takes_code(person: Customer, code: str, *, secret: str | None = None) -> bool:
    """Whether the app's code is right and was not used before; it is used then. A step."""
    known = secret or person.tf_totp_secret
    typed = "".join(code.split())
    if known is None or not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return False
    try:
        return bool(_codes().verify_totp(typed, known, person, window=WINDOW_SECONDS))
    except UsedCode:
        return False


def new_recovery_codes(person: Customer) -> list[str]:
    """Ten new codes in place of all older ones; only their digests are kept. A step."""
    session = require_transaction()
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.customer_id == person.id))
    made = ["-".join(secrets.token_hex(2) for _ in range(4)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(customer_id=person.id, digest=_digest(code)) for code in made)
    return made


def takes_recovery_code(person: Customer, code: str, *, at: datetime) -> bool:
    """Whether it is one of the person's codes that were not used; it is used then. A step."""
    taken = (
        sa.update(RecoveryCode)
        .where(RecoveryCode.customer_id == person.id, RecoveryCode.digest == _digest(code))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=at)
    )
    return bool(require_transaction().execute(taken).rowcount == 1)  # type: ignore[attr-defined]


def _digest(code: str) -> str:
    """Codes hold 64 bits of chance, so that a keyed digest keeps them well enough."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hmac.new(settings().secret_key.encode(), f"recovery.{plain}".encode(), sha256).hexdigest()


def _codes() -> Codes:
    let_encrypt()
    found: Codes = current_app.extensions["security"]._totp_factory
    return found
