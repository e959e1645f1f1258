"""The rule of withdrawal: whether a statement comes in time, by when, and what the shop may hold against it.

Knows only the facts it is handed; refuses to refuse: a statement is received whatever this says.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from storefront import clock
from storefront.policies import words
from storefront.policies.document import PolicyDocument
from storefront.policies.statutory import Exemption


class WithdrawalRule(StrEnum):
    """The rule by which a statement is or is not in time."""

    NO_RIGHT = "no_right"
    NOT_STARTED = "not_started"
    WITHIN_PERIOD = "within_period"
    PERIOD_OVER = "period_over"


@dataclass(frozen=True, slots=True)
class WithdrawalFacts:
    """What the right needs to know of a sold line: slugs of its goods, and when delivery was complete.

    `delivered_at` is an aware instant: that of the last of all goods ordered together, and None until then
    (Directive 2011/83/EU Art. 9(2)(b)(i)).
    """

    product: str = ""
    collections: frozenset[str] = frozenset()
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WithdrawalDecision:
    """Whether a statement is in time, by which rule and policy version; `ends_on` is the last day, `exemption` what
    the shop claims for these goods."""

    in_time: bool
    rule: WithdrawalRule
    ends_on: date | None
    exemption: Exemption | None
    version: int
    days: int

    @property
    def explanation(self) -> str:
        """The decision in the reader's language, a sentence or two with the dates."""
        sentence = words.withdrawal_decision(self.rule, days=self.days, ends_on=self.ends_on)
        if self.exemption is None or self.rule is WithdrawalRule.NO_RIGHT:
            return sentence
        return f"{sentence} {words.exemption_claimed(self.exemption)}"


def withdrawal(
    document: PolicyDocument,
    *,
    version: int,
    line: WithdrawalFacts,
    country: str,
    at: datetime,
    zone: ZoneInfo,
) -> WithdrawalDecision:
    """Whether a consumer in an ISO 3166 country who states it at the aware instant `at` is in time for this line.

    By the document sold under as `version`; the last day ends in the shop's `zone`, and before delivery everybody is
    in time. An exemption is named and decides nothing: a person looks at it.
    """
    right = document.withdrawal
    rule, ends_on = _judged(document, line=line, country=country, at=at, zone=zone)
    return WithdrawalDecision(
        in_time=rule in {WithdrawalRule.NOT_STARTED, WithdrawalRule.WITHIN_PERIOD},
        rule=rule,
        ends_on=ends_on,
        exemption=right.exemption_of(line.product, line.collections),
        version=version,
        days=right.days,
    )


def _judged(
    document: PolicyDocument, *, line: WithdrawalFacts, country: str, at: datetime, zone: ZoneInfo
) -> tuple[WithdrawalRule, date | None]:
    right = document.withdrawal
    if country not in right.countries:
        return WithdrawalRule.NO_RIGHT, None
    if line.delivered_at is None:
        return WithdrawalRule.NOT_STARTED, None
    ends_on = right.ends_on(line.delivered_at.astimezone(zone).date())
    is_in_time = at < clock.end_of_day(ends_on, zone)
    return (WithdrawalRule.WITHIN_PERIOD if is_in_time else WithdrawalRule.PERIOD_OVER), ends_on
