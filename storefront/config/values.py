"""How the text of a setting becomes a value, and what is said when it cannot.

Knows forms of text; refuses to know which setting is read. Each raises ValueError with what is wanted.
"""

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import limits
from babel.core import Locale, UnknownLocaleError
from babel.numbers import list_currencies

ROOT = Path(__file__).resolve().parents[2]

# One address and nothing else: no list, no name, no line break, no space.
EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,255}")


def whole(text: str) -> int:
    """A number without sign, point or unit."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError("a whole number is wanted, such as 60")
    return int(text)


def yes_or_no(text: str) -> bool:
    """A switch."""
    if text.lower() not in {"yes", "no", "true", "false", "1", "0", "on", "off"}:
        raise ValueError("yes or no is wanted")
    return text.lower() in {"yes", "true", "1", "on"}


def currency(text: str) -> str:
    """An ISO 4217 code that Babel can write."""
    if text not in list_currencies():
        raise ValueError("an ISO 4217 currency is wanted, such as EUR")
    return text


def zone(text: str) -> ZoneInfo:
    """A zone of the IANA database."""
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError("an IANA time zone is wanted, such as Europe/Berlin") from error


def locale(text: str) -> str:
    """A language, perhaps of one country."""
    try:
        return str(Locale.parse(text.replace("-", "_")))
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError("a locale is wanted, such as en or de_AT") from error


def percent(text: str) -> int:
    """A percentage as basis points: 19 is 1900."""
    try:
        basis_points = Decimal(text) * 100
    except InvalidOperation as error:
        raise ValueError("a percentage is wanted, such as 19 or 5.5") from error
    if not (basis_points.is_finite() and 0 <= basis_points <= 10_000 and basis_points == int(basis_points)):
        raise ValueError("a percentage between 0 and 100 with at most two decimals is wanted")
    return int(basis_points)


def shipping_tax(text: str) -> str:
    """One of two rules."""
    if text not in {"standard", "highest"}:
        raise ValueError("“standard” or “highest” is wanted")
    return text


def country(text: str) -> str:
    """Two capital letters."""
    if not (len(text) == 2 and text.isascii() and text.isalpha() and text.isupper()):
        raise ValueError("an ISO 3166 country is wanted, such as DE")
    return text


def origin(text: str) -> str:
    """Scheme, host and perhaps a port; nothing after it."""
    parts = urlsplit(text)
    try:
        # An IPv6 address is no name that Werkzeug's check of the Host header would ever trust.
        host = parts.netloc if parts.hostname and parts.port != 0 and "[" not in parts.netloc else ""
    except ValueError:
        host = ""
    if parts.scheme not in {"http", "https"} or "@" in host or not host or text != f"{parts.scheme}://{host}":
        raise ValueError("an origin is wanted, such as https://shop.example (no path, no closing slash)")
    return text


def optional_origin(text: str) -> str:
    """An origin, or nothing."""
    return origin(text) if text else ""


def origins(text: str) -> tuple[str, ...]:
    """Any number of origins."""
    return tuple(origin(part) for part in text.replace(",", " ").split())


def secret(text: str) -> str:
    """A text too long to guess."""
    if len(text) < 32:
        raise ValueError(
            "at least 32 characters are wanted: python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return text


def optional_secret(text: str) -> str:
    """A secret, or none."""
    return secret(text) if text else ""


def path(text: str) -> Path:
    """A path; a relative one begins at the project's folder."""
    path = Path(text)
    return path if path.is_absolute() else ROOT / path


def word_list(text: str) -> tuple[str, ...]:
    """Any number of words or phrases, capitals or not."""
    return tuple(part.strip().casefold() for part in text.split(",") if part.strip())


def rate(text: str) -> str:
    """So many per time, as Flask-Limiter reads it."""
    try:
        limits.parse_many(text)
    except ValueError as error:
        raise ValueError("a rate is wanted, such as 5 per 10 minutes") from error
    return text


def log_level(text: str) -> str:
    """How much is logged."""
    if text.lower() not in {"debug", "info", "warning", "error"}:
        raise ValueError("debug, info, warning or error is wanted")
    return text.lower()


def mail_url(text: str) -> str:
    """Where mail goes."""
    if text != "mailbox:" and urlsplit(text).scheme not in {"smtp", "smtps", "smtp+starttls"}:
        raise ValueError(
            "mailbox:, smtp://host:port, smtp+starttls://user:password@host or smtps://… is wanted"
        )
    return text


def email(text: str) -> str:
    """One e-mail address, without a name."""
    if not EMAIL.fullmatch(text):
        raise ValueError("one e-mail address is wanted, such as shop@example.org, without a name")
    return text


def optional_email(text: str) -> str:
    """An e-mail address, or nothing."""
    return email(text) if text else ""


def database_url(text: str) -> str:
    """An SQLite file or a PostgreSQL server, as SQLAlchemy writes it."""
    if text.startswith("sqlite:///"):
        name = text.removeprefix("sqlite:///")
        return text if name.startswith("/") else f"sqlite:///{ROOT / name}"
    if text.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        return "postgresql+psycopg://" + text.split("://", 1)[1]
    raise ValueError("sqlite:///path or postgresql://user@host/name is wanted")
