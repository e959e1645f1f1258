"""The right of withdrawal that the law gives, as data that the merchant confirms.

Knows countries, days, exceptions and holidays; refuses to know the guarantee, which never limits it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain

from flask_babel import gettext as _

from storefront.policies.parts import is_line, known_countries

# The member states of the European Union, where Directive 2011/83/EU Art. 9 gives fourteen days.
EU = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)
EU_DAYS = 14
LONGEST_DAYS = 365
MOST_HOLIDAYS = 500
_SATURDAY = 5
# 29 February is a day of each year for whoever writes it down without one.
_ANY_YEAR = "2000-"


class Exemption(StrEnum):
    """Goods without a right of withdrawal; the law's own list (Directive 2011/83/EU Art. 16 c–f, i, j)."""

    MADE_TO_ORDER = "made_to_order"
    PERISHABLE = "perishable"
    SEALED_HYGIENE = "sealed_hygiene"
    MIXED = "mixed"
    SEALED_MEDIA = "sealed_media"
    PERIODICAL = "periodical"


@dataclass(frozen=True, slots=True)
class ExemptGoods:
    """The goods, by slug, for which the shop claims an exemption."""

    exemption: Exemption
    products: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()

    def covers(self, product: str, collections: Collection[str]) -> bool:
        """Whether goods, by slug, are among them."""
        return product in self.products or not set(collections).isdisjoint(self.collections)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who may withdraw (ISO 3166 countries), within how many days, and which goods are exempt.

    Days of rest besides Saturdays and Sundays are written `2026-04-06`, or `12-25` for every year. `is_confirmed`
    says that the merchant has looked at all of it; a document that is silent on the right has that of the EU.
    """

    countries: tuple[str, ...] = EU
    days: int = EU_DAYS
    exempt: tuple[ExemptGoods, ...] = ()
    holidays: tuple[str, ...] = ()
    is_confirmed: bool = False

    def exemption_of(self, product: str, collections: Collection[str] = ()) -> Exemption | None:
        """The exemption claimed for goods, by slug; None where there is none."""
        claimed = (each.exemption for each in self.exempt if each.covers(product, collections))
        return next(claimed, None)

    def is_day_of_rest(self, day: date) -> bool:
        """Whether the period cannot end on this day: a Saturday, a Sunday or one of the holidays."""
        written = day.isoformat()
        return day.weekday() >= _SATURDAY or written in self.holidays or written[5:] in self.holidays

    def ends_on(self, delivered_on: date) -> date:
        """The last day: the first counted is the day after delivery, and a period that would end on a day of rest
        ends with the next working day (Regulation (EEC, Euratom) 1182/71 Art. 3(1) and (4))."""
        last = delivered_on + timedelta(days=self.days)
        while self.is_day_of_rest(last):
            last += timedelta(days=1)
        return last

    def problems(self) -> Iterator[str]:
        """Sentences on what makes no sense here."""
        if len(set(self.countries)) < len(self.countries):
            yield _("Withdrawal: a country is named twice.")
        for code in sorted(set(self.countries) - known_countries()):
            yield _("Withdrawal: %(code)s is not a country we know.", code=code[:20])
        if not 1 <= self.days <= LONGEST_DAYS:
            yield _("The right of withdrawal has 1 to 365 days.")
        elif self.days < EU_DAYS and not set(EU).isdisjoint(self.countries):
            yield _("In the European Union the right of withdrawal has 14 days at least.")
        yield from self._holiday_problems()
        yield from self._exempt_problems()

    def _holiday_problems(self) -> Iterator[str]:
        if len(self.holidays) > MOST_HOLIDAYS:
            yield _("At most 500 holidays can be kept.")
        for written in self.holidays:
            if not _is_day(written):
                yield _(
                    "“%(day)s” is not a day such as 2026-04-06, or 12-25 for every year.", day=written[:20]
                )
        # Two hundred days on end leave no working day to end with.
        if len({written[-5:] for written in self.holidays}) > LONGEST_DAYS // 2:
            yield _("Half the days of a year cannot be holidays.")

    def _exempt_problems(self) -> Iterator[str]:
        named = [each.exemption for each in self.exempt]
        if len(set(named)) < len(named):
            yield _("Withdrawal: an exemption is named twice.")
        for each in self.exempt:
            if not all(is_line(slug) for slug in chain(each.products, each.collections)):
                yield _("Exempt goods are named by the last part of their address, such as “gift-card”.")


def _is_day(written: str) -> bool:
    full = written if len(written) == len("2026-04-06") else _ANY_YEAR + written
    try:
        return date.fromisoformat(full).isoformat() == full
    except ValueError:
        return False
