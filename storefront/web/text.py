"""Texts, amounts and dates as the shop's language writes them.

Knows Babel and the template filters; refuses to know any sentence.
"""

from datetime import date, datetime

from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import Babel, get_locale

from storefront.config import ROOT, Settings, settings
from storefront.money import Money, format_money

babel = Babel()


def init_app(app: Flask, made: Settings) -> None:
    """Speak the configured language, and give templates the filters `money`, `day`, `moment`."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "storefront" / "translations")
    babel.init_app(app, locale_selector=lambda: made.locale, timezone_selector=lambda: made.timezone.key)
    app.jinja_env.filters.update(money=money_text, day=day_text, moment=moment_text)


def money_text(amount: Money) -> str:
    """An amount for people: “€24.00”."""
    return format_money(amount, locale=get_locale() or "en")


def day_text(day: date | datetime, form: str = "full") -> str:
    """A day for people, with its weekday: “Thursday, 26 November 2026”; an instant is taken in the shop's zone."""
    if isinstance(day, datetime):
        day = day.astimezone(settings().timezone).date()
    return format_date(day, format=form, locale=get_locale() or "en")


def moment_text(at: datetime, form: str = "medium") -> str:
    """An instant for people, in the shop's zone."""
    return format_datetime(at, format=form, tzinfo=settings().timezone, locale=get_locale() or "en")
