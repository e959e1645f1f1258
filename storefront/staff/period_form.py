"""Which days a report is about, as they are chosen in its address.

Knows the choices and what they mean today; refuses to know what is reported.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import Optional

from storefront.reports.periods import MOST_DAYS, ONE_DAY, Grain, Period, fitting

USUAL = "30"
CHOSEN = "days"


def _last(days: int) -> Callable[[date], Period]:
    return lambda today: Period(today - timedelta(days=days - 1), today)


def _last_month(today: date) -> Period:
    end = today.replace(day=1) - ONE_DAY
    return Period(end.replace(day=1), end)


SPANS: dict[str, tuple[Any, Callable[[date], Period]]] = {
    "1": (_l("Today"), _last(1)),
    "7": (_l("Last 7 days"), _last(7)),
    USUAL: (_l("Last 30 days"), _last(30)),
    "90": (_l("Last 90 days"), _last(90)),
    "365": (_l("Last 365 days"), _last(365)),
    "month": (_l("This month"), lambda today: Period(today.replace(day=1), today)),
    "month-before": (_l("Last month"), _last_month),
    "year": (_l("This year"), lambda today: Period(today.replace(month=1, day=1), today)),
}


class PeriodForm(FlaskForm):
    """A usual span, or any first and last day; and how the days are put together."""

    class Meta:
        csrf = False

    span = SelectField(
        _l("Period"),
        choices=[
            *(SelectChoice(key, title) for key, (title, _period) in SPANS.items()),
            SelectChoice(CHOSEN, _l("Chosen days")),
        ],
        default=USUAL,
    )
    first = DateField(_l("First day"), validators=[Optional()])
    last = DateField(_l("Last day"), validators=[Optional()])
    by = SelectField(
        _l("One column for each"),
        choices=[
            SelectChoice("", _l("As fits")),
            SelectChoice(Grain.DAY, _l("Day")),
            SelectChoice(Grain.WEEK, _l("Week")),
            SelectChoice(Grain.MONTH, _l("Month")),
        ],
        default="",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then chosen days together."""
        if not super().validate(extra_validators):
            return False
        wrong = self._wrong_days() if self.span.data == CHOSEN else None
        if wrong is not None:
            self.last.errors = [wrong]
        return wrong is None

    def _wrong_days(self) -> Any:
        first, last = self.first.data, self.last.data
        if first is None or last is None:
            return _l("Chosen days need a first and a last one.")
        if last < first:
            return _l("The last day comes before the first.")
        if last - first >= timedelta(days=MOST_DAYS) or not 2000 <= first.year <= last.year < 2100:
            return _l("A report covers ten years at most, between 2000 and 2099.")
        return None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: the days, and how they are put together."""

    period: Period
    grain: Grain


def asked(form: PeriodForm, today: date) -> Asked:
    """What the form says, or the usual where it says nothing that can be used."""
    is_usable = form.validate()
    if is_usable and form.span.data == CHOSEN:
        period = Period(form.first.data, form.last.data)
    else:
        period = SPANS[form.span.data if is_usable else USUAL][1](today)
    wanted = Grain(form.by.data) if is_usable and form.by.data else _usual_grain(period)
    return Asked(period, fitting(period, wanted))


def _usual_grain(period: Period) -> Grain:
    if period.days <= 62:
        return Grain.DAY
    return Grain.WEEK if period.days <= 200 else Grain.MONTH
