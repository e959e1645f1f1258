"""The record of everything that was done, searched.

Knows addresses of pages and filters; refuses to know what was done.
"""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from storefront.reports.trail import TracePage, search
from storefront.staff.audit_form import AuditForm, wanted
from storefront.staff.audit_page import shown
from storefront.staff.blueprint import blueprint
from storefront.web import open_to

_NOTHING = TracePage((), has_newer=False, has_older=False)


@dataclass(frozen=True, slots=True)
class Pager:
    """What `_pager.html` prints."""

    previous_url: str | None
    next_url: str | None
    first_url: str | None
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    url: str


@blueprint.get("/audit")
@open_to("audit.view")
def audit() -> str:
    """A page of the record; nothing where the filters cannot be used."""
    form = AuditForm(request.args)
    before, after = _number("before"), _number("after")
    page = search(wanted(form), before=before, after=after) if form.validate() else _NOTHING
    return render_template(
        "staff/audit.html",
        form=form,
        traces=shown(page.traces),
        pager=_pager(page, form),
        chips=_chips(form),
    )


def _chips(form: AuditForm) -> tuple[Chip, ...]:
    asked = _asked(form)
    return tuple(
        Chip(
            f"{form[name].label.text}: {_said(form[name])}",
            url_for("staff.audit", **{key: value for key, value in asked.items() if key != name}),
        )
        for name in asked
    )


def _said(field: Any) -> str:
    """What a filter says: the words of a choice, else what was typed."""
    chosen = [str(title) for value, title, *_rest in _choices(field) if value == field.data]
    return chosen[0] if chosen else str(field.data or "")


def _choices(field: Any) -> list[Any]:
    return list(field.iter_choices()) if hasattr(field, "iter_choices") else []


def _asked(form: AuditForm) -> dict[str, Any]:
    """The filters in force by their names in the address; those alone, whatever else the address said."""
    asked = {field.name: field.data for field in form if field.data and not field.errors}
    return {name: str(value) for name, value in asked.items()}


def _pager(page: TracePage, form: AuditForm) -> Pager:
    ids, asked = [trace.id for trace in page.traces], _asked(form)
    is_first = not page.has_newer
    return Pager(
        previous_url=None if is_first or not ids else url_for("staff.audit", after=ids[0], **asked),
        next_url=url_for("staff.audit", before=ids[-1], **asked) if page.has_older and ids else None,
        first_url=None if is_first else url_for("staff.audit", **asked),
        text="",
        label=_("Pages of the record"),
    )


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
