"""The policy pages in words: every figure and every example comes from the rules themselves.

Knows the order in which a promise is explained; refuses to know HTML.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from storefront.money import Money
from storefront.policies import words
from storefront.policies.badges import shipping_claim
from storefront.policies.document import PolicyDocument
from storefront.policies.parts import MoneyBack, Payer, ShippingMethod, Start, Zone
from storefront.policies.queries import Policy
from storefront.policies.rules import (
    BasketFacts,
    LineFacts,
    MoneyBackFacts,
    ShippingOption,
    options_within,
    window_ends_on,
)
from storefront.policies.statutory import EU, Withdrawal


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page; with `columns` it has a table, whose rows begin with their name."""

    title: str
    paragraphs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """What a policy page shows."""

    title: str
    lead: str
    since: str
    sections: tuple[Section, ...]


def shipping_page(policy: Policy, *, zone: ZoneInfo) -> PolicyPage:
    """Where we ship, how, for how much, and what two baskets would pay."""
    document = policy.document
    places = tuple(_zone_section(each, document) for each in document.zones)
    return PolicyPage(
        title=_("Shipping"),
        lead=_shipping_lead(document),
        since=_since(policy, zone=zone),
        sections=(*places, *_refused(document), *_shipping_example(document)),
    )


def _shipping_lead(document: PolicyDocument) -> str:
    claim = shipping_claim(document)
    if claim and claim.is_unconditional:
        return _("We send every order free of charge, to every country, whatever it comes to.")
    return _("What shipping costs is shown in the cart before you pay. These are the rules it follows.")


def _since(policy: Policy, *, zone: ZoneInfo) -> str:
    return _("In force since %(day)s", day=words.day(policy.published_at.astimezone(zone).date()))


def _zone_section(zone: Zone, document: PolicyDocument) -> Section:
    rest = _("To every country that is not named elsewhere on this page.")
    everywhere = _("To every country.")
    unnamed = everywhere if document.serves_everywhere and len(document.zones) == 1 else rest
    return Section(
        title=zone.name,
        paragraphs=(unnamed if zone.is_rest else f"{words.countries(zone.countries)}.",),
        columns=(_("Method"), _("Price"), _("Free shipping"), _("Delivery")),
        rows=tuple(_method_row(option) for option in _asked_for_little(zone, document)),
        caption=_("Shipping methods: %(zone)s", zone=zone.name),
    )


def _asked_for_little(zone: Zone, document: PolicyDocument) -> list[ShippingOption]:
    return options_within(zone, facts=BasketFacts(document.currency))


def _method_row(option: ShippingOption) -> tuple[str, ...]:
    price = _("Free") if option.free else words.amount(option.price)
    days = words.working_days(option.days_min, option.days_max)
    return option.name, price, option.reason or _("Never"), days


def _refused(document: PolicyDocument) -> Iterator[Section]:
    if document.not_served:
        names = words.countries(document.not_served)
        yield Section(title=_("Where we do not ship"), paragraphs=(f"{names}.",))


def _shipping_example(document: PolicyDocument) -> Iterator[Section]:
    """The first method with a threshold, at the last basket that pays and at the first that does not."""
    found = [(zone, method) for zone in document.zones for method in zone.methods if method.threshold_minor]
    if not found:
        example = _("An order of %(amount)s pays nothing for shipping.", amount=_smallest(document))
        if all(method.threshold_minor == 0 for zone in document.zones for method in zone.methods):
            yield Section(title=_("An example"), paragraphs=(example,))
        return
    zone, method = found[0]
    sentences = tuple(_paying(each, zone, method, document) for each in _around(method))
    yield Section(
        title=_("An example"),
        paragraphs=(zone.name + ": " + words.basis_words(method.basis) + ".", *sentences),
    )


def _smallest(document: PolicyDocument) -> str:
    return words.amount(Money(100, document.currency))


def _around(method: ShippingMethod) -> tuple[int, int]:
    threshold = method.threshold_minor or 0
    return threshold - 1, threshold


def _paying(subtotal_minor: int, zone: Zone, method: ShippingMethod, document: PolicyDocument) -> str:
    subtotal = Money(subtotal_minor, document.currency)
    options = options_within(zone, facts=BasketFacts(document.currency, (LineFacts(subtotal, subtotal),)))
    option = next(each for each in options if each.code == method.code)
    texts = {"amount": words.amount(subtotal), "method": option.name, "price": words.amount(option.price)}
    if option.free:
        return _("An order of %(amount)s pays nothing with %(method)s.", **texts)
    return _("An order of %(amount)s pays %(price)s with %(method)s.", **texts)


def money_back_page(policy: Policy, *, at: datetime, zone: ZoneInfo) -> PolicyPage:
    """How long, from when, on which conditions, and the last day for an order of today (`at` in `zone`)."""
    promise = policy.document.money_back
    sections = tuple(_money_back_sections(promise, at=at, zone=zone)) if promise.is_offered else ()
    lead = words.window(promise) if promise.is_offered else _("We offer no money-back guarantee of our own.")
    return PolicyPage(
        title=_("Money back"),
        lead=lead,
        since=_since(policy, zone=zone),
        sections=(*sections, _rights()),
    )


def _money_back_sections(promise: MoneyBack, *, at: datetime, zone: ZoneInfo) -> Iterator[Section]:
    if conditions := words.conditions(promise):
        yield Section(title=_("What a return has to meet"), paragraphs=tuple(conditions))
    yield Section(
        title=_("Postage and payment"),
        paragraphs=tuple(
            filter(
                None,
                (words.postage(promise.return_postage), words.repayment(promise), words.restocking(promise)),
            )
        ),
    )
    excluded = ", ".join((*promise.excluded_products, *promise.excluded_collections))
    cards = _("Gift cards: what they pay for is covered instead.")
    yield Section(title=_("What is excluded"), paragraphs=(f"{excluded}.", cards) if excluded else (cards,))
    yield Section(title=_("An example"), paragraphs=(_money_back_example(promise, at=at, zone=zone),))


def _money_back_example(promise: MoneyBack, *, at: datetime, zone: ZoneInfo) -> str:
    ends_on = window_ends_on(
        promise, line=MoneyBackFacts(paid_at=at, shipped_at=at, delivered_at=at), zone=zone
    )
    first, last = words.day(at.astimezone(zone).date()), words.day(ends_on) if ends_on else ""
    sentences = {
        Start.PAID: _(
            "Paid on %(first)s, an order can be sent back until the end of %(last)s.", first=first, last=last
        ),
        Start.SHIPPED: _(
            "Sent on %(first)s, an order can be sent back until the end of %(last)s.", first=first, last=last
        ),
        Start.DELIVERED: _(
            "Delivered on %(first)s, an order can be sent back until the end of %(last)s.",
            first=first,
            last=last,
        ),
    }
    return sentences[promise.starts]


def _rights() -> Section:
    return Section(
        title=_("Your rights by law"),
        paragraphs=(
            _("The rights that the law gives you stand beside this guarantee and are not limited by it."),
        ),
    )


def withdrawal_page(policy: Policy, *, at: datetime, zone: ZoneInfo) -> PolicyPage:
    """Who may withdraw by law, how long, what is exempt, and the last day for an order that arrives today."""
    right = policy.document.withdrawal
    payer = policy.document.money_back.return_postage
    sections = tuple(_withdrawal_sections(right, payer, at=at, zone=zone)) if right.countries else ()
    lead = (
        words.right(right)
        if right.countries
        else _("We sell to no country whose law gives consumers a right of withdrawal.")
    )
    return PolicyPage(
        title=_("Right of withdrawal"),
        lead=lead,
        since=_since(policy, zone=zone),
        sections=(*sections, *_guarantee_beside(policy.document.money_back)),
    )


def _withdrawal_sections(
    right: Withdrawal, payer: Payer, *, at: datetime, zone: ZoneInfo
) -> Iterator[Section]:
    yield Section(title=_("For whom"), paragraphs=(_who(right),))
    yield Section(
        title=_("How the days are counted"),
        paragraphs=(
            _(
                "The first day is the day after everything you ordered has arrived; until then you may withdraw at "
                "any time. A period that would end on a Saturday, a Sunday or a public holiday ends with the next "
                "working day. It is enough to send your statement before the last day is over."
            ),
        ),
    )
    yield Section(
        title=_("What you get back"),
        paragraphs=(
            _(
                "Everything you paid for the goods and for standard delivery, at the latest 14 days after we hear "
                "from you. We may wait until the goods are back or you show that you have sent them."
            ),
            _("You give no reason and pay no fee. Sending the goods back is due within 14 days."),
            words.postage(payer),
        ),
    )
    if right.exempt:
        yield _exempt(right)
    yield Section(title=_("An example"), paragraphs=_withdrawal_example(right, at=at, zone=zone))


def _who(right: Withdrawal) -> str:
    if set(right.countries) == set(EU):
        return _("For consumers in all countries of the European Union.")
    return _("For consumers in %(countries)s.", countries=words.countries(right.countries))


def _exempt(right: Withdrawal) -> Section:
    rows = (
        (words.exemption(each.exemption), ", ".join((*each.products, *each.collections)))
        for each in right.exempt
    )
    return Section(
        title=_("Goods without a right of withdrawal"),
        paragraphs=(_("A person looks at every statement, also at one about these goods."),),
        columns=(_("Why"), _("Goods")),
        rows=tuple(rows),
        caption=_("Goods without a right of withdrawal"),
    )


def _withdrawal_example(right: Withdrawal, *, at: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """An order of today; and, where that one is not moved by a day of rest, the next that is."""
    today = at.astimezone(zone).date()
    days = [today + timedelta(days=each) for each in range(7)]
    moved = next((day for day in days if right.ends_on(day) > day + timedelta(days=right.days)), None)
    return tuple(_withdrawal_day(right, day) for day in dict.fromkeys((today, moved)) if day)


def _withdrawal_day(right: Withdrawal, arrived: date) -> str:
    counted, last = arrived + timedelta(days=right.days), right.ends_on(arrived)
    texts = {"first": words.day(arrived), "last": words.day(last)}
    if counted == last:
        return _("Arrived on %(first)s, an order can be withdrawn from until the end of %(last)s.", **texts)
    return _(
        "Arrived on %(first)s, an order can be withdrawn from until the end of %(last)s, because %(counted)s is no "
        "working day.",
        **texts,
        counted=words.day(counted),
    )


def _guarantee_beside(promise: MoneyBack) -> Iterator[Section]:
    if promise.is_offered:
        sentence = _("Our own guarantee stands beside this right and never limits it.")
        yield Section(title=_("Our guarantee"), paragraphs=(words.window(promise), sentence))
