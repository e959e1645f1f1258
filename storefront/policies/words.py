"""The sentences of the promises, in the reader's language.

Knows phrases, days, amounts and country names; refuses to decide anything.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from babel.core import Locale
from babel.dates import format_date
from babel.lists import format_list
from flask_babel import ngettext

from storefront.money import Money, format_briefly
from storefront.policies.parts import Basis, Condition, MoneyBack, Payer, Start, Support
from storefront.policies.statutory import Exemption, Withdrawal
from storefront.web.text import gettext as _
from storefront.web.text import page_locale


def locale() -> Locale:
    """The locale of this request or job; English outside of both."""
    return page_locale()


def amount(value: Money) -> str:
    """“€50” for whole amounts, “€49.50” for others."""
    return format_briefly(value, locale=locale())


def country(code: str) -> str:
    """The name of an ISO 3166 country."""
    return str(locale().territories.get(code, code))


def countries(codes: Iterable[str]) -> str:
    """“Germany, Austria and Switzerland”."""
    return format_list([country(code) for code in codes], locale=locale())


def day(value: date) -> str:
    """“Friday, 1 January 2027”, as the locale writes it."""
    return format_date(value, "full", locale=locale())


def free_from(threshold: Money, *, basis: Basis) -> str:
    """From which subtotal shipping is free, and which subtotal is meant."""
    if not threshold:
        return _("Free on every order, no minimum")
    if basis is Basis.BEFORE_DISCOUNTS:
        return _("Free from %(amount)s, counted before discounts", amount=amount(threshold))
    return _("Free from %(amount)s, counted after discounts", amount=amount(threshold))


def basis_words(basis: Basis) -> str:
    """Which subtotal is compared, as a clause."""
    if basis is Basis.BEFORE_DISCOUNTS:
        return _("counted before discounts")
    return _("counted after discounts")


def working_days(days_min: int, days_max: int) -> str:
    """“2 to 5 working days”."""
    if days_min == days_max:
        return ngettext("%(num)d working day", "%(num)d working days", days_max)
    return _("%(first)d to %(last)d working days", first=days_min, last=days_max)


def counted_from(starts: Start) -> str:
    """From which event the window is counted, as a clause."""
    return {
        Start.PAID: _("counted from payment"),
        Start.SHIPPED: _("counted from dispatch"),
        Start.DELIVERED: _("counted from delivery"),
    }[starts]


def window(promise: MoneyBack, *, ends_on: date | None = None) -> str:
    """“60 days money back, counted from delivery.”, with the last day once it is known."""
    if ends_on is None:
        return _window(page_locale(), promise)
    return _("%(length)s, %(clause)s: until %(day)s.", **_length_and_clause(promise), day=day(ends_on))


# Every cart says it: 3 µs instead of 25.
@lru_cache(maxsize=64)
def _window(_locale: Locale, promise: MoneyBack) -> str:
    return _("%(length)s, %(clause)s.", **_length_and_clause(promise))


def _length_and_clause(promise: MoneyBack) -> dict[str, str]:
    length = ngettext("%(num)d day money back", "%(num)d days money back", promise.window_days)
    return {"length": length, "clause": counted_from(promise.starts)}


def conditions(promise: MoneyBack) -> list[str]:
    """What a return has to meet, a sentence each, in the order of the fixed list."""
    sentences = {
        Condition.ANY_REASON: _("For any reason."),
        Condition.UNUSED: _("The goods are unused."),
        Condition.ORIGINAL_PACKAGING: _("The goods are in their original packaging."),
        Condition.NOT_FINAL_SALE: _("Goods sold as final sale cannot be sent back."),
    }
    return [sentence for condition, sentence in sentences.items() if condition in promise.conditions]


def postage(payer: Payer) -> str:
    """Who pays for sending goods back."""
    return _("We pay the return postage.") if payer is Payer.SHOP else _("You pay the return postage.")


def repayment(promise: MoneyBack) -> str:
    """When the money is paid back."""
    if promise.goods_first:
        return _("We pay you back once the goods have come back to us.")
    return _("We pay you back as soon as your return is approved.")


def reply(support: Support) -> str:
    """Within which time people get an answer; empty where nothing is promised."""
    hours = support.reply_within_hours
    if hours is None:
        return ""
    return ngettext("We answer within %(num)d hour", "We answer within %(num)d hours", hours)


def decision(rule: str, *, window_days: int, starts: Start, ends_on: date | None) -> str:
    """Why a line is or is not covered, as a sentence with its dates."""
    clause = counted_from(starts)
    last = day(ends_on) if ends_on else ""
    sentences = {
        "not_offered": _("No money-back guarantee was offered with this order."),
        "excluded": _("These goods are excluded from the money-back guarantee."),
        "gift_card": _("Gift cards are not part of the money-back guarantee."),
        "final_sale": _("These goods were sold as final sale, which the money-back guarantee leaves out."),
        "not_started": ngettext(
            "Covered: %(num)d day money back, %(clause)s, which is still to come.",
            "Covered: %(num)d days money back, %(clause)s, which is still to come.",
            window_days,
            clause=clause,
        ),
        "within_window": ngettext(
            "Covered: %(num)d day money back, %(clause)s, until %(day)s.",
            "Covered: %(num)d days money back, %(clause)s, until %(day)s.",
            window_days,
            clause=clause,
            day=last,
        ),
        "window_over": ngettext(
            "Not covered: the %(num)d day, %(clause)s, ended on %(day)s.",
            "Not covered: the %(num)d days, %(clause)s, ended on %(day)s.",
            window_days,
            clause=clause,
            day=last,
        ),
    }
    return sentences[rule]


def restocking(promise: MoneyBack) -> str:
    """What the shop keeps of a price; empty where it keeps nothing."""
    percent = promise.restocking_percent
    return _("We keep %(percent)s%% of the price for restocking.", percent=percent) if percent else ""


def right(given: Withdrawal) -> str:
    """How long a consumer may withdraw, as a sentence."""
    return ngettext(
        "You may withdraw from your order within %(num)d day of its arrival, without giving a reason.",
        "You may withdraw from your order within %(num)d days of its arrival, without giving a reason.",
        given.days,
    )


def right_until(ends_on: date) -> str:
    """Until when a consumer may withdraw, as a sentence."""
    return _("You may withdraw from your order until %(day)s, without giving a reason.", day=day(ends_on))


def withdrawal_decision(rule: str, *, days: int, ends_on: date | None) -> str:
    """Why a statement of withdrawal is or is not in time, as a sentence with its dates."""
    last = day(ends_on) if ends_on else ""
    sentences = {
        "no_right": _("No right of withdrawal is declared for this country."),
        "not_started": ngettext(
            "In time: the right of withdrawal ends %(num)d day after delivery, which is still to come.",
            "In time: the right of withdrawal ends %(num)d days after delivery, which is still to come.",
            days,
        ),
        "within_period": _("In time: the right of withdrawal lasts until %(day)s.", day=last),
        "period_over": _("Too late: the right of withdrawal ended on %(day)s.", day=last),
    }
    return sentences[rule]


def exemption(claimed: Exemption) -> str:
    """Which goods an exemption means, as a noun."""
    return {
        Exemption.MADE_TO_ORDER: _("goods made or changed to the customer's order"),
        Exemption.PERISHABLE: _("goods that spoil or expire quickly"),
        Exemption.SEALED_HYGIENE: _("sealed goods that cannot go back, for health or hygiene, once opened"),
        Exemption.MIXED: _("goods that were mixed inseparably with others after delivery"),
        Exemption.SEALED_MEDIA: _("sealed recordings or software, once opened"),
        Exemption.PERIODICAL: _("newspapers and magazines outside a subscription"),
    }[claimed]


def exemption_claimed(claimed: Exemption) -> str:
    """That the shop claims an exemption, as a sentence."""
    return _("The shop claims an exception: %(goods)s.", goods=exemption(claimed))
