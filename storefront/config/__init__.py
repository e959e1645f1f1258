"""Settings: what differs between one shop and the next, read once from `STOREFRONT_*`.

Knows names, units, defaults and how to complain; refuses to know what a setting is used for.
"""

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app
from flask.globals import _cv_app

from storefront.config import values
from storefront.config.values import ROOT
from storefront.errors import Refused
from storefront.money import Money

__all__ = ["ROOT", "BadSettings", "Settings", "environment_name", "load_environ", "settings"]

PREFIX = "STOREFRONT_"
SANDBOX_KEY = "sk_test_sandbox"

# Read by the test suite alone; the shop neither knows nor refuses them.
_NOT_OURS = ("STOREFRONT_TEST_",)


class BadSettings(Exception):
    """One or more settings cannot be used; the message has a line for each, naming it."""


def _setting(doc: str, *, default: str | None, unit: str, parse: Callable[[str], Any] = str) -> Any:
    return field(metadata={"doc": doc, "default": default, "unit": unit, "parse": parse})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of one shop, parsed; made by `from_environ` alone."""

    # fmt: off
    secret_key: str = _setting("Signs cookies and links; keep it secret and keep it.", default=None, unit="text, 32+ characters", parse=values.secret)
    database_url: str = _setting("The database.", default="sqlite:///instance/shop.db", unit="URL", parse=values.database_url)
    instance_dir: Path = _setting("Where files of this installation live.", default="instance", unit="path", parse=values.path)
    origin: str = _setting("The address people type; mails use it.", default="http://localhost:8000", unit="origin", parse=values.origin)
    other_origins: tuple[str, ...] = _setting("Further addresses that reach this shop.", default="", unit="origins, by comma", parse=values.origins)
    trusted_proxies: int = _setting("How many proxies before us set X-Forwarded-*.", default="0", unit="hops", parse=values.whole)
    shop_name: str = _setting("The name on every page.", default="Storefront", unit="text")
    tagline: str = _setting("The line beneath the name on the front page.", default="", unit="text")
    address_line: str = _setting("Who runs the shop: name and postal address, in the footer.", default="", unit="text")
    return_address: str = _setting("Where goods are sent back to, by comma; empty takes the address of the footer.", default="", unit="text")
    cover_title: str = _setting("The front page's headline; empty takes the first collection's title.", default="", unit="text")
    cover_lead: str = _setting("The sentence beneath the headline; empty takes the first collection's introduction.", default="", unit="text")
    cover_picture: str = _setting("The front page's picture, 10:9, below `static/`; empty takes the first good's.", default="", unit="path")
    support_email: str = _setting("Where customers write to.", default="support@localhost", unit="e-mail address", parse=values.email)
    staff_email: str = _setting("Where staff are told of what needs a person.", default="staff@localhost", unit="e-mail address", parse=values.email)
    low_stock_pieces: int = _setting("From how many pieces down a variant is low, unless it says so itself.", default="5", unit="pieces", parse=values.whole)
    low_stock_mail: bool = _setting("Write to staff when a variant falls so low.", default="no", unit="yes or no", parse=values.yes_or_no)
    country: str = _setting("Where the shop ships from; the country first shown at checkout.", default="DE", unit="ISO 3166 code", parse=values.country)
    currency: str = _setting("The one currency of all prices; fixed once the first order stands.", default="EUR", unit="ISO 4217 code", parse=values.currency)
    timezone: ZoneInfo = _setting("In which days, windows and report periods are counted.", default="Europe/Berlin", unit="IANA zone", parse=values.zone)
    locale: str = _setting("The language of texts, numbers and dates.", default="en", unit="locale", parse=values.locale)
    tax_basis_points: int = _setting("The usual rate of tax, where no other is set for a country.", default="19", unit="percent", parse=values.percent)
    prices_include_tax: bool = _setting("Prices, shipping among them, include tax; else it is added in the cart.", default="yes", unit="yes or no", parse=values.yes_or_no)
    shipping_tax: str = _setting("Which rate shipping is taxed at: `standard`, or the `highest` of the goods.", default="standard", unit="word", parse=values.shipping_tax)
    stripe_secret_key: str = _setting("Stripe's secret key; one that begins with sk_test_sandbox means our own sandbox.", default=None, unit="text")
    stripe_webhook_secret: str = _setting("Proves that events come from Stripe.", default=None, unit="text")
    stripe_api_url: str = _setting("Another address for Stripe's API: the sandbox's.", default="", unit="origin", parse=values.optional_origin)
    payment_origin: str = _setting("Where Stripe's payment page is; the sandbox's own address if a sandbox is used.", default="https://checkout.stripe.com", unit="origin", parse=values.origin)
    delayed_payments: bool = _setting("Offer ways to pay that settle days later.", default="no", unit="yes or no", parse=values.yes_or_no)
    session_minutes: int = _setting("How long a payment page stays open (35 to 1440: Stripe wants 30 left when it is opened).", default="60", unit="minutes", parse=values.whole)
    hold_margin_minutes: int = _setting("How much longer than the payment page goods are held.", default="15", unit="minutes", parse=values.whole)
    payment_link_hours: int = _setting("How long goods are held for an order that staff made and the customer pays by a link (1 to 720).", default="72", unit="hours", parse=values.whole)
    smtp_url: str = _setting("How mail is sent; `mailbox:` keeps it and sends nothing.", default="mailbox:", unit="URL", parse=values.mail_url)
    mail_from: str = _setting("The sender of all mail; empty means the support address.", default="", unit="e-mail address", parse=values.optional_email)
    refund_alone_up_to: str = _setting("What one person alone may refund of an order; above it a second person has to approve. Empty: any amount.", default="", unit="amount in the shop's currency")
    redis_url: str = _setting("Shared memory for limits where several machines serve; empty counts in each process.", default="", unit="URL")
    limit_payments: str = _setting("Payment attempts, per address and per checkout.", default="5 per 10 minutes", unit="rate", parse=values.rate)
    limit_order_lookup: str = _setting("Tries to find an order by number and e-mail, per address.", default="10 per hour", unit="rate", parse=values.rate)
    limit_sign_in: str = _setting("Tries to sign in, to sign up or to be sent a link, per address; those at one account are counted besides.", default="30 per minute", unit="rate", parse=values.rate)
    limit_comments: str = _setting("Comments, per address.", default="3 per 10 minutes", unit="rate", parse=values.rate)
    limit_contact: str = _setting("Messages by the contact form, per address.", default="5 per hour", unit="rate", parse=values.rate)
    limit_feed: str = _setting("Readings of all goods at once (/products/feed.xml), per address.", default="20 per hour", unit="rate", parse=values.rate)
    comment_links: int = _setting("How many links a comment may have.", default="2", unit="links", parse=values.whole)
    comment_block_list: tuple[str, ...] = _setting("A comment with one of these in its name, address or text is set aside as spam.", default="", unit="words, by comma", parse=values.word_list)
    comments_trust_known: bool = _setting("Publish at once what somebody signed in writes, of whom a comment was published and none rejected.", default="no", unit="yes or no", parse=values.yes_or_no)
    limit_withdrawals: str = _setting("Statements of withdrawal by the form, per address.", default="10 per hour", unit="rate", parse=values.rate)
    limit_newsletter: str = _setting("Forms for the newsletter, per address.", default="5 per 10 minutes", unit="rate", parse=values.rate)
    newsletter_pace: int = _setting("How many letters of the newsletter leave in a minute at most; your mail server's limit is the limit.", default="300", unit="letters", parse=values.whole)
    limit_discounts: str = _setting("Tries of discount codes and gift cards, per address.", default="10 per hour", unit="rate", parse=values.rate)
    limit_cart: str = _setting("Changes to carts, per address.", default="120 per minute", unit="rate", parse=values.rate)
    remember_posts: bool = _setting("Let the browser remember the first and the latest post read, and add them to the cart; needs the visitor's consent in many countries (docs/attribution.md).", default="no", unit="yes or no", parse=values.yes_or_no)
    metrics_token: str = _setting("Opens `/metrics` to whoever sends it as a bearer token; empty answers on this machine alone, and only while every origin is this machine.", default="", unit="text, 32+ characters", parse=values.optional_secret)
    log_level: str = _setting("How much is logged: debug, info, warning, error.", default="info", unit="word", parse=values.log_level)
    sandbox_state: str = _setting("The sandbox's file.", default="instance/sandbox.db", unit="path")
    sandbox_port: int = _setting("The sandbox's port on 127.0.0.1.", default="8010", unit="port", parse=values.whole)
    demo_orders: int = _setting("How many past orders `storefront demo load` plays in a demo shop; 0 for none.", default="300", unit="orders", parse=values.whole)
    sandbox_webhook_url: str = _setting("Where the sandbox sends its events.", default="", unit="URL")
    # fmt: on

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Parse `environ`; raises BadSettings that names every missing, wrong or unknown setting."""
        read, problems = {}, _unknown(environ)
        for each in fields(cls):
            name = environment_name(each.name)
            text = environ.get(name, each.metadata["default"])
            if text is None:
                problems.append(f"{name} is not set. {each.metadata['doc']}")
                continue
            try:
                read[each.name] = each.metadata["parse"](text.strip())
            except ValueError as error:
                problems.append(f"{name} cannot be used: {error}.")
        if problems:
            raise BadSettings("\n".join(problems))
        made = cls(**read)
        if problems := _contradictions(made):
            raise BadSettings("\n".join(problems))
        return made

    @property
    def is_sandbox(self) -> bool:
        """Whether payments go to our own stand-in for Stripe, where no money moves."""
        return self.stripe_secret_key.startswith(SANDBOX_KEY)

    @property
    def is_livemode(self) -> bool:
        """Whether the key moves real money: Stripe's own test for events that reach us."""
        return self.stripe_secret_key.startswith(("sk_live_", "rk_live_"))

    @property
    def refund_alone_limit(self) -> Money | None:
        """What one person alone may refund of an order; None for any amount."""
        return Money.parse(self.refund_alone_up_to, self.currency) if self.refund_alone_up_to else None

    @property
    def origins(self) -> tuple[str, ...]:
        """Every origin that is ours; the first is the one that mails use."""
        return (self.origin, *self.other_origins)

    @property
    def is_https(self) -> bool:
        """Whether people reach the shop over TLS: cookies are Secure then."""
        return self.origin.startswith("https://")

    @property
    def keeps_mail(self) -> bool:
        """Whether mail is kept for `/mailbox` and never sent."""
        return self.smtp_url == "mailbox:"

    @property
    def is_loopback(self) -> bool:
        """Whether every configured origin is this machine itself."""
        names = {urlsplit(origin).hostname for origin in self.origins}
        return names <= {"localhost", "127.0.0.1", "::1"}

    @property
    def shows_mailbox(self) -> bool:
        """Whether the page `/mailbox` exists: kept mail, a sandbox key, loopback, no proxies."""
        return self.keeps_mail and self.is_sandbox and self.is_loopback and not self.trusted_proxies


def environment_name(attribute: str) -> str:
    """The environment's name of a setting: `tax_basis_points` is said in percent as STOREFRONT_TAX_PERCENT."""
    return "STOREFRONT_TAX_PERCENT" if attribute == "tax_basis_points" else PREFIX + attribute.upper()


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = {environment_name(each.name) for each in fields(Settings)}
    problems = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known and not name.startswith(_NOT_OURS):
            close = difflib.get_close_matches(name, known, n=1)
            problems.append(f"{name} is not a setting" + (f"; did you mean {close[0]}?" if close else "."))
    return problems


def _contradictions(made: Settings) -> list[str]:
    problems = []
    if not made.stripe_secret_key.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
        problems.append(
            "STOREFRONT_STRIPE_SECRET_KEY cannot be used: it begins with sk_test_, sk_live_, rk_test_ or rk_live_."
        )
    if not made.stripe_webhook_secret:
        problems.append(
            "STOREFRONT_STRIPE_WEBHOOK_SECRET is empty; without it anyone could claim to have paid."
        )
    if made.is_sandbox and not made.stripe_api_url:
        problems.append(
            "STOREFRONT_STRIPE_API_URL is not set, but the key is a sandbox's; it says where the sandbox listens."
        )
    if made.stripe_api_url and not made.is_sandbox:
        problems.append("STOREFRONT_STRIPE_API_URL is set, but the key is Stripe's own; remove one of them.")
    if (problem := _limit_problem(made)) is not None:
        problems.append(f"STOREFRONT_REFUND_ALONE_UP_TO cannot be used: {problem}.")
    if not 1 <= made.payment_link_hours <= 720:
        problems.append("STOREFRONT_PAYMENT_LINK_HOURS cannot be used: 1 to 720 are possible.")
    if not 35 <= made.session_minutes <= 1440:
        problems.append("STOREFRONT_SESSION_MINUTES cannot be used: 35 to 1440 are possible.")
    return problems


def _limit_problem(made: Settings) -> str | None:
    try:
        limit = made.refund_alone_limit
    except Refused:
        return f"an amount that {made.currency} can express is wanted, such as 100, or nothing"
    return "an amount of zero or more is wanted" if limit is not None and limit.minor < 0 else None


def load_environ(path: Path | None = None) -> dict[str, str]:
    """The environment over what `make run` wrote to `instance/run.env`; the environment wins."""
    file = path or ROOT / os.environ.get("STOREFRONT_INSTANCE_DIR", "instance") / "run.env"
    kept: dict[str, str] = {}
    if file.is_file():
        for line in file.read_text(encoding="utf-8").splitlines():
            name, equals, value = line.partition("=")
            if equals and not name.startswith("#"):
                kept[name.strip()] = value.strip()
    return kept | dict(os.environ)


def settings() -> Settings:
    """The settings of the current app."""
    # Past the proxy `current_app`: a page asks some fifteen times.
    here = _cv_app.get(None)
    made: Settings = (here.app if here else current_app).config["STOREFRONT"]
    return made
