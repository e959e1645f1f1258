"""What becomes of a form that saves: a refusal stands beside its field, with what somebody else saved meanwhile.

Knows fields and sentences; refuses to know what is saved.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field

from storefront.catalogue.stale import Stale
from storefront.errors import NotFound, Refused
from storefront.staff.goods_forms import refuse


@contextmanager
def refusing(
    form: FlaskForm, messages: list[str], said: Callable[[Any], Mapping[str, Any]] = asdict
) -> Iterator[None]:
    """Put what the block is refused beside its field, and among the messages what belongs to none; of two who saved,
    the second sees what the first said: `said` names it by fields. What is not there stays a 404."""
    try:
        yield
    except Stale as error:
        show_theirs(form, said(error.theirs), error.seen)
        messages.append(error.message)
    except NotFound:
        raise
    except Refused as error:
        messages += refuse(form, error)


def show_theirs(form: FlaskForm, theirs: Mapping[str, Any], seen: str) -> None:
    """Say beside each field what was saved meanwhile, where it is another; what was typed stays."""
    form["seen"].data = seen
    for name, value in theirs.items():
        if name in form and _plain(form[name].data) != _plain(value):
            said = _said(form[name], value)
            message = _("Saved meanwhile: “%(theirs)s”. Yours stands below.", theirs=said)
            form[name].errors = [*form[name].errors, message]


def _plain(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else (value or "")


def _said(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        names = dict(getattr(field, "choices", None) or ())
        return ", ".join(str(names.get(each, each)) for each in value)
    return str(value if value is not None else "")
