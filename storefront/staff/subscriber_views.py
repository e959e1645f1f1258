"""Subscribers for staff: the list, its file, and one with what they agreed to and what they got.

Knows addresses and answers; refuses to add anybody: only the link in our mail does.
"""

from typing import Any

from flask import Response, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _

from storefront import clock
from storefront.accounts.access import current_actor
from storefront.config import settings
from storefront.errors import NotFound
from storefront.newsletter import keeping, queries
from storefront.newsletter.models import SubscriberState
from storefront.staff import subscriber_words as said
from storefront.staff.blueprint import blueprint
from storefront.staff.frame import Crumb, may_open
from storefront.staff.goods_words import ID, Pager, done, may
from storefront.staff.subscribers_file import subscribers_file
from storefront.web import open_to
from storefront.web.notices import notices

SUBSCRIBER = ID % "subscriber_id"


@blueprint.get("/subscribers")
@open_to("content.view")
def subscribers() -> str:
    """All who ever asked, the newest first. Two statements."""
    form, wanted = _wanted()
    after = request.args.get("after", type=int)
    rows, following = queries.subscribers(*wanted, after=after if after and 0 < after < 2**63 else None)
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "after" and value}
    return render_template(
        "staff/subscribers.html",
        rows=[(row, said.state_tag(row.state), said.place_name(row.place)) for row in rows],
        form=form,
        here=url_for("staff.subscribers"),
        views=[
            (name, number, url_for("staff.subscribers", state=state), state == wanted[1])
            for state, name, number in said.counted(queries.counts())
        ],
        pager=Pager(
            _("Pages of subscribers"),
            "",
            url_for("staff.subscribers", **kept, after=following) if following else None,
            url_for("staff.subscribers", **kept) if after else None,
        ),
        file_url=url_for("staff.subscribers_csv", find=wanted[0] or None, state=wanted[1] or None)
        if may("content.edit")
        else "",
        crumbs=[Crumb(_("Subscribers"), "")],
        notices=notices(),
    )


@blueprint.get("/subscribers.csv")
@open_to("content.edit")
def subscribers_csv() -> Response:
    """All that the list with the same filters goes through, as a file; who took it is on record."""
    _form, wanted = _wanted()
    keeping.note_export(by=current_actor())
    response = Response(stream_with_context(subscribers_file(*wanted)), mimetype="text/csv")
    name = f"subscribers-{clock.today(settings().timezone)}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get(f"/subscribers/{SUBSCRIBER}")
@open_to("content.view")
def subscriber(subscriber_id: int) -> str:
    """One subscriber. Three statements."""
    found = queries.subscriber_by_id(subscriber_id)
    return render_template(
        "staff/subscriber.html",
        subscriber=found,
        state=said.state_tag(found.state),
        place=said.place_name(found.place),
        opt_ins=[(each, said.place_name(each.place)) for each in queries.opt_ins(subscriber_id)],
        letters=[(each, said.letter_name(each.state)) for each in queries.letters_of(subscriber_id)],
        acts=said.acts(found) if may("content.edit") else [],
        privacy_url=url_for("staff.privacy") if may_open("staff.privacy") else "",
        crumbs=[Crumb(_("Subscribers"), url_for("staff.subscribers")), Crumb(found.email, "")],
        notices=notices(),
    )


@blueprint.post(f"/subscribers/{SUBSCRIBER}/state")
@open_to("content.edit")
def move_subscriber(subscriber_id: int) -> Any:
    """Mails to them come back, or arrive again, or they want no more."""
    by = current_actor()
    ways: dict[str, tuple[Any, str]] = {
        "bounced": (
            lambda: keeping.mark_bounced(subscriber_id, by=by),
            _("No letter goes to this address any more."),
        ),
        "unbounced": (
            lambda: keeping.unmark_bounced(subscriber_id, by=by),
            _("Letters go to this address again."),
        ),
        "left": (
            lambda: keeping.unsubscribe(subscriber_id, by=by),
            _("No letter goes to this address any more."),
        ),
    }
    if (way := ways.get(request.form.get("to", ""))) is None:
        raise NotFound()
    return done(*way, url_for("staff.subscriber", subscriber_id=subscriber_id))


def _wanted() -> tuple[said.SubscriberFilters, tuple[str, str]]:
    """The filters, and what they ask for: part of an address, and a state."""
    form = said.SubscriberFilters(request.args)
    form.offer()
    if not form.validate():
        return form, ("", "")
    state = form.state.data if form.state.data in set(SubscriberState) else ""
    return form, (form.find.data, state)
