"""Sessions and passkeys in words.

Knows how a device is named; refuses to know whose it is.
"""

from dataclasses import dataclass

from flask_babel import gettext as _

from storefront.accounts.models import Passkey, SignIn
from storefront.web.text import moment_text

# The first that is found in a browser's own words; Chrome calls itself Safari, and Edge calls itself Chrome.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SignInShown:
    """A standing session as it is printed."""

    id: int
    device: str
    how: str
    when: str
    where: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class PasskeyShown:
    """A passkey as it is printed."""

    id: int
    name: str
    made: str
    used: str


def sign_in_shown(row: SignIn, *, here: int) -> SignInShown:
    """The session in words; `here` is the id of the one that asks."""
    return SignInShown(
        row.id,
        device_text(row.user_agent),
        _how(row.method),
        moment_text(row.created_at),
        row.address,
        row.id == here,
    )


def passkey_shown(row: Passkey) -> PasskeyShown:
    """The passkey in words."""
    used = moment_text(row.used_at) if row.used_at else _("not used yet")
    return PasskeyShown(row.id, row.name, moment_text(row.created_at), used)


def device_text(user_agent: str) -> str:
    """“Firefox on Windows”, as far as the browser says so."""
    browser = next((name for word, name in _BROWSERS if word in user_agent), "")
    system = next((name for word, name in _SYSTEMS if word in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("An unknown device")


def _how(method: str) -> str:
    return {
        "password": _("by password"),
        "link": _("by e-mail"),
        "passkey": _("by passkey"),
        "invitation": _("by invitation"),
        "staff_link": _("by a link made on the server"),
    }.get(method, method)
