"""What the W3C calls ceremonies: the questions a device with passkeys is asked, and whether its answers hold.

Knows the library that makes and verifies them, loaded with the first passkey rather than at the start; refuses to
know tables and people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

# What the library raises on what no device of this world would send.
_NONSENSE = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, EOFError, AttributeError)


class Unproved(Exception):
    """The answer does not answer the challenge, or nobody's device would have sent it."""


def question_to_make(
    *, host: str, shop: str, handle: bytes, email: str, name: str, known: Sequence[str]
) -> tuple[str, str]:
    """The challenge for a new passkey, and what the browser is given (JSON); `known` are ids of those there are."""
    options = webauthn.generate_registration_options(
        rp_id=host,
        rp_name=shop,
        user_id=handle,
        user_name=email,
        user_display_name=name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known],
    )
    return bytes_to_base64url(options.challenge), options_to_json(options)


def question_for_one(*, host: str) -> tuple[str, str]:
    """The challenge that any passkey for this name may answer, and what the browser is given (JSON)."""
    options = webauthn.generate_authentication_options(
        rp_id=host, user_verification=UserVerificationRequirement.REQUIRED
    )
    return bytes_to_base64url(options.challenge), options_to_json(options)


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that a device made: its id, the key that its signatures are held against, how often it signed."""

    credential_id: str
    public_key: bytes
    sign_count: int


def made_by(answer: str, challenge: str, *, host: str, origins: Sequence[str]) -> Made:
    """The passkey that the device made, asked with `challenge`. Raises Unproved."""
    try:
        found = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=host,
            expected_origin=list(origins),
            require_user_verification=True,
        )
    except _NONSENSE:
        raise Unproved from None
    return Made(bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)


def signatures_after(
    answer: str, challenge: str, *, public_key: bytes, sign_count: int, host: str, origins: Sequence[str]
) -> int:
    """How often the passkey signed by now, after it signed `challenge`. Raises Unproved."""
    try:
        signed = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=host,
            expected_origin=list(origins),
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except _NONSENSE:
        raise Unproved from None
    return int(signed.new_sign_count)
