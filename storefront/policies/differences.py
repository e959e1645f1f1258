"""Two documents side by side: every fact of each in words, and those that differ.

Knows the order in which a policy is told; refuses to judge which of the two is better.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _

from storefront.money import Money
from storefront.policies import words
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import MoneyBack, ShippingMethod, Support
from storefront.policies.statutory import Withdrawal

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that is another one, in words; empty where one of the two has none."""

    name: str
    before: str
    after: str


def differences(before: PolicyDocument, after: PolicyDocument) -> list[Difference]:
    """Every fact that differs, in the order of the later document; what is gone comes last."""
    then, now = dict(_facts(before)), dict(_facts(after))
    names = [*now, *(name for name in then if name not in now)]
    return [
        Difference(name, then.get(name, ""), now.get(name, ""))
        for name in names
        if then.get(name) != now.get(name)
    ]


def _facts(document: PolicyDocument) -> Iterator[Fact]:
    for zone in document.zones:
        places = _("every other country") if zone.is_rest else words.countries(zone.countries)
        yield _("%(zone)s: countries", zone=zone.name), places
        for method in zone.methods:
            for name, value in _method(method, currency=document.currency):
                yield (
                    _("%(zone)s, %(method)s: %(fact)s", zone=zone.name, method=method.name, fact=name),
                    value,
                )
    yield _("Places not served"), words.countries(document.not_served)
    yield from _money_back(document.money_back, currency=document.currency)
    yield from _withdrawal(document.withdrawal)
    yield from _support(document.support)
    for each in document.quality:
        yield _("Quality: %(statement)s", statement=each.statement), each.evidence


def _method(method: ShippingMethod, *, currency: str) -> Iterator[Fact]:
    threshold = method.threshold_minor
    yield _("price"), words.amount(Money(method.price_minor, currency))
    free = (
        _("Never") if threshold is None else words.free_from(Money(threshold, currency), basis=method.basis)
    )
    yield _("free shipping"), free
    yield _("delivery"), words.working_days(method.days_min, method.days_max)


def _money_back(promise: MoneyBack, *, currency: str) -> Iterator[Fact]:
    yield _("Money back: days"), str(promise.window_days) if promise.is_offered else _("None")
    yield _("Money back: counted"), words.counted_from(promise.starts)
    yield _("Money back: conditions"), " ".join(words.conditions(promise))
    yield _("Money back: return postage"), words.postage(promise.return_postage)
    yield _("Money back: when"), words.repayment(promise)
    yield _("Money back: restocking"), words.restocking(promise) or _("Nothing is kept.")
    yield _("Money back: products excluded"), ", ".join(promise.excluded_products)
    yield _("Money back: collections excluded"), ", ".join(promise.excluded_collections)
    yield (
        _("Money back: approved by itself up to"),
        words.amount(Money(promise.automatic_up_to_minor, currency)),
    )


def _withdrawal(right: Withdrawal) -> Iterator[Fact]:
    yield _("Withdrawal: countries"), words.countries(right.countries)
    yield _("Withdrawal: days"), str(right.days)
    yield _("Withdrawal: holidays"), ", ".join(right.holidays)
    yield _("Withdrawal: confirmed"), _("Yes") if right.is_confirmed else _("No")
    for each in right.exempt:
        goods = ", ".join((*each.products, *each.collections))
        yield _("Withdrawal, exempt: %(goods)s", goods=words.exemption(each.exemption)), goods


def _support(support: Support) -> Iterator[Fact]:
    yield _("Support: address"), support.email
    yield _("Support: hours"), support.hours
    yield _("Support: answers"), words.reply(support)
