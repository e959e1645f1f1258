"""What may be asked of the record.

Knows the fields and what they mean as a search; refuses to search.
"""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp

from storefront.orders.models import id_of_number
from storefront.reports.periods import Period
from storefront.reports.trail import Wanted, person_called
from storefront.staff.audit_words import KINDS, VERBS

_ANY = SelectChoice("", _l("Any"))
# Whom an address belongs to that has no account: nobody has this id.
_NOBODY = 0


class AuditForm(FlaskForm):
    """Who, what, about what, in which request, on which days; all may stay empty."""

    class Meta:
        csrf = False

    kind = SelectField(
        _l("Who"),
        choices=[
            SelectChoice("", _l("Anybody")),
            SelectChoice("staff", _l("Staff")),
            SelectChoice("customer", _l("Customers")),
            SelectChoice("system", _l("The shop itself")),
        ],
        default="",
    )
    email = StringField(_l("E-mail address"), validators=[Length(max=320), Regexp(r"[^\x00]*\Z")])
    verb = SelectField(_l("What"), default="", validate_choice=True)
    about = SelectField(
        _l("About"),
        choices=[_ANY, *(SelectChoice(kind, title) for kind, title in KINDS.items())],
        default="",
    )
    number = StringField(
        _l("Its number"),
        validators=[
            Optional(),
            Regexp(r"[0-9]{1,15}\Z", message=_l("A number has only digits, such as 1001.")),
        ],
    )
    request = StringField(
        _l("Request"),
        validators=[
            Optional(),
            Regexp(r"[0-9A-Za-z:._-]{1,40}\Z", message=_l("This is no request's number.")),
        ],
    )
    first = DateField(_l("From"), validators=[Optional()])
    last = DateField(_l("Until"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted((str(title), verb) for verb, title in VERBS.items())
        self.verb.choices = [_ANY, *(SelectChoice(verb, title) for title, verb in known)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then those that need one another."""
        if not super().validate(extra_validators):
            return False
        if bool(self.about.data) != bool(self.number.data):
            self.number.errors = [_l("Please say both: what it is about, and its number.")]
            return False
        first, last = self.first.data, self.last.data
        if any(day is not None and not 2000 <= day.year < 2100 for day in (first, last)):
            self.first.errors = [_l("Days lie between 2000 and 2099.")]
            return False
        if first and last and last < first:
            self.last.errors = [_l("The last day comes before the first.")]
            return False
        return True


def wanted(form: AuditForm) -> Wanted:
    """What a valid form asks for. One statement where it names a person."""
    person = None
    if form.email.data:
        person = person_called(form.email.data) or _NOBODY
    return Wanted(
        person=person,
        kind=form.kind.data or "",
        verb=form.verb.data or "",
        subject=_subject(form),
        request_id=form.request.data or "",
        period=_period(form),
    )


def _subject(form: AuditForm) -> tuple[str, str] | None:
    if not form.about.data:
        return None
    number = int(form.number.data)
    return form.about.data, str(id_of_number(number) if form.about.data == "order" else number)


def _period(form: AuditForm) -> Period | None:
    first, last = form.first.data, form.last.data
    if first is None and last is None:
        return None
    return Period(first or date(2000, 1, 1), last or date(2099, 12, 31))
