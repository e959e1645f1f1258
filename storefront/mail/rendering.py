"""From a row to a letter, and from a letter to a message.

Knows who words which kind, and how messages are built; refuses to know any event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from flask import current_app

from storefront.config import settings
from storefront.config.values import EMAIL
from storefront.mail.models import OutgoingMail


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in words: its title (the Subject), its text, and the same as HTML."""

    title: str
    text: str
    html: str


class NoAddress(ValueError):
    """What stands as recipient is not one e-mail address."""


Renderer = Callable[[OutgoingMail], Letter]

_renderers: dict[str, Renderer] = {}

Unsubscriber = Callable[[OutgoingMail], str]

_unsubscribers: dict[str, Unsubscriber] = {}

LastLook = Callable[[OutgoingMail], bool]

_last_looks: dict[str, LastLook] = {}


def renders(kind: str) -> Callable[[Renderer], Renderer]:
    """Mark a function as what words the mails of `kind`; it may read, and writes nothing."""

    def mark(function: Renderer) -> Renderer:
        if _renderers.setdefault(kind, function) is not function:
            raise ValueError(f"two functions render {kind}")
        return function

    return mark


def unsubscribes(kind: str) -> Callable[[Unsubscriber], Unsubscriber]:
    """Mark a function as what answers the full address at which mails of `kind` are stopped: GET shows a page with
    one button, POST stops them at once (RFC 8058)."""

    def mark(function: Unsubscriber) -> Unsubscriber:
        if _unsubscribers.setdefault(kind, function) is not function:
            raise ValueError(f"two functions stop {kind}")
        return function

    return mark


def to_many(kind: str) -> Callable[[LastLook], LastLook]:
    """Mark a function as the last look at mails of `kind`, which go to many: a step, asked just before each leaves,
    that answers whether it is still wanted. What is not wanted does not leave, and of what left no words are kept:
    ten thousand copies of one letter would fill a database."""

    def mark(function: LastLook) -> LastLook:
        if _last_looks.setdefault(kind, function) is not function:
            raise ValueError(f"two functions look at {kind}")
        return function

    return mark


def last_look(kind: str) -> LastLook | None:
    """The last look at mails of `kind`, if they go to many."""
    return _last_looks.get(kind)


def render(mail: OutgoingMail) -> Letter:
    """The letter of `mail`, in the shop's language, its links on the configured origin, its styles inlined.

    Raises KeyError where nobody renders its kind.
    """
    # As if asked at the configured origin, so that url_for builds what people can open.
    with current_app.test_request_context(base_url=settings().origin):
        letter = _renderers[mail.kind](mail)
    import css_inline

    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return Letter(one_line(letter.title), letter.text, inliner.inline(letter.html))


def message(mail: OutgoingMail, letter: Letter) -> EmailMessage:
    """`letter` as it goes out: the same row gives the same Message-ID, so that a second copy is recognisable.

    Raises NoAddress where the recipient is none.
    """
    made = EmailMessage(policy=SMTP)
    made["Message-ID"] = f"<mail-{mail.id}@{urlsplit(settings().origin).hostname}>"
    made["Date"] = mail.created_at
    made["From"] = Address(one_line(settings().shop_name), addr_spec=_ascii_domain(sender()))
    made["To"] = Address(addr_spec=_ascii_domain(mail.recipient))
    made["Reply-To"] = Address(
        addr_spec=_ascii_domain(mail.facts.get("reply_to") or settings().support_email)
    )
    made["Subject"] = letter.title
    made["Auto-Submitted"] = "auto-generated"
    if (stopped_at := _unsubscribers.get(mail.kind)) is not None:
        with current_app.test_request_context(base_url=settings().origin):
            made["List-Unsubscribe"] = f"<{stopped_at(mail)}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(letter.text)
    made.add_alternative(letter.html, subtype="html")
    return made


def is_address(text: str) -> bool:
    """Whether a mail can go to it."""
    try:
        Address(addr_spec=_ascii_domain(text))
    except (ValueError, HeaderParseError):
        return False
    return True


def sender() -> str:
    """The address that mails come from."""
    return settings().mail_from or settings().support_email


def one_line(text: str) -> str:
    """The text without line breaks and control characters: fit for a header."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _ascii_domain(address: str) -> str:
    """The address with its domain as mail servers know it; raises NoAddress."""
    if not EMAIL.fullmatch(address):
        raise NoAddress("not one e-mail address")
    local, _at, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise NoAddress("its domain is none") from error
