"""Texts, amounts and dates as the shop's language writes them.

Knows Babel and the template filters; refuses to know any sentence.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from flask import Flask
from flask.globals import _cv_app
from flask_babel import Babel, Domain, get_locale, get_translations
from markupsafe import Markup

from storefront.config import ROOT, Settings, settings
from storefront.money import Money, format_money


class _Texts(Domain):
    """The texts of a language, which are looked for once in a process, not once for each text."""

    def get_translations(self) -> Any:
        return _texts_in(page_locale(), self._look)

    @cached_property
    def _look(self) -> Callable[[], Any]:
        # One object for all: the cache compares it.
        return super().get_translations


@lru_cache(maxsize=64)
def _texts_in(_locale: Locale, look: Callable[[], Any]) -> Any:
    return look()


class _Babel(Babel):
    @cached_property
    def domain_instance(self) -> Domain:
        return _Texts(domain=self.domain)


babel = _Babel()


# Where an app keeps the language that it was configured with.
_LOCALE = "storefront.locale"


def init_app(app: Flask, made: Settings) -> None:
    """Speak the configured language, and give templates the filters `money`, `day`, `moment`,
    `instant`."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "storefront" / "translations")
    # Read once: flask-babel takes a text apart for each request.
    locale = Locale.parse(made.locale)
    babel.init_app(app, locale_selector=lambda: locale, timezone_selector=lambda: made.timezone.key)
    app.extensions[_LOCALE] = locale
    app.jinja_env.filters.update(money=money_text, day=day_text, moment=moment_text, instant=instant_text)
    app.jinja_env.globals["_"] = said


def page_locale() -> Locale:
    """The locale of the present page or job; English outside of both.

    As flask-babel's, which asks three proxies each time, sixty times a page: 1 µs instead of 4.
    """
    here = _cv_app.get(None)
    if here is None:
        return Locale("en")
    forced = getattr(getattr(here.g, "_flask_babel", None), "babel_locale", None)
    return forced or here.app.extensions.get(_LOCALE) or get_locale() or Locale("en")


def gettext(text: str, **values: Any) -> str:
    """The text in the page's language, with values filled in: flask-babel's, looked up once; 1 µs instead of 6."""
    made = _text_in(page_locale(), text)
    return made % values if values else made


@lru_cache(maxsize=4096)
def _text_in(_locale: Locale, text: str) -> str:
    found: str = get_translations().ugettext(text)
    return found


def said(text: str, **values: Any) -> Markup:
    """`_('…')` of templates: the text in the page's language with values filled in, which are escaped.

    As Jinja's own, without its four calls by way of the context, and looked up once: 2 µs instead of 15, thirty
    times a page.
    """
    made = _said_in(page_locale(), text)
    return made % values if values else made


@lru_cache(maxsize=4096)
def _said_in(locale: Locale, text: str) -> Markup:
    return Markup(_text_in(locale, text))


def money_text(amount: Money) -> str:
    """An amount for people: “€24.00”."""
    return format_money(amount, locale=page_locale())


def day_text(day: date | datetime, form: str = "full") -> str:
    """A day for people, with its weekday: “Thursday, 26 November 2026”; an instant is taken in the shop's zone."""
    if isinstance(day, datetime):
        day = day.astimezone(settings().timezone).date()
    return format_date(day, format=form, locale=page_locale())


def short_day_text(day: date) -> str:
    """A day in brief: “Thu, Nov 26”."""
    return skeleton("MMMEd", day, page_locale())


@lru_cache(maxsize=1024)
def skeleton(form: str, day: date, locale: Locale) -> str:
    """A day in the locale's own order of the fields that `form` names: 1 µs instead of 25."""
    return format_skeleton(form, day, locale=locale)


def instant_text(at: datetime) -> str:
    """An instant for programs, to the second: HTML takes no millionths (`2026-11-26T15:44:22+00:00`)."""
    return at.isoformat(timespec="seconds")


def moment_text(at: datetime, form: str = "medium") -> str:
    """An instant for people, in the shop's zone."""
    return format_datetime(at, format=form, tzinfo=settings().timezone, locale=page_locale())
