"""The policy for staff: its versions, what differs between two, and the editor that shows the effect before anything
is published.

Knows addresses and answers; refuses to know what a promise means.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront import clock
from storefront.accounts.access import current_actor
from storefront.accounts.queries import names_of
from storefront.claims.promising import broken_by, untrue_now
from storefront.config import settings
from storefront.errors import NotFound, Refused
from storefront.policies import pages
from storefront.policies.actions import change_policy
from storefront.policies.claimed import held_of
from storefront.policies.differences import differences
from storefront.policies.document import PolicyDocument
from storefront.policies.effect import effect
from storefront.policies.queries import (
    PAGE,
    current_policy,
    policy_by_id,
    version_before,
    version_by_id,
    versions,
)
from storefront.policies.steps import PublishedMeanwhile
from storefront.staff.blueprint import blueprint
from storefront.staff.claim_words import untrue_rows
from storefront.staff.frame import Crumb
from storefront.staff.goods_words import ID, Pager, may, require_token
from storefront.staff.policy_forms import PolicyForm, change_shape, document_sent, require_room
from storefront.staff.policy_page import goods_unknown, version_row
from storefront.web import open_to
from storefront.web.notices import notices

VERSION = ID % "version_id"


@blueprint.get("/policies")
@open_to("policies.view")
def policies() -> str:
    """All versions, the newest first, and texts that state something else. Three statements."""
    before = request.args.get("before", type=int)
    found = versions(before if before and 0 < before < 2**63 else None)
    names = names_of([_author_id(each.author) for each in found])
    following = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template(
        "staff/policies.html",
        rows=[version_row(each, names) for each in found[:PAGE]],
        untrue_texts=untrue_rows(untrue_now()),
        pager=Pager(
            _("Pages of versions"),
            "",
            url_for("staff.policies", before=following) if following else None,
            url_for("staff.policies") if before else None,
        ),
        may_edit=may("policies.publish"),
        notices=notices(),
    )


@blueprint.get(f"/policies/{VERSION}")
@open_to("policies.view")
def policy(version_id: int) -> str:
    """One version as shoppers read it. Five statements."""
    row, found = version_by_id(version_id), policy_by_id(version_id)
    zone, at = settings().timezone, clock.now()
    return render_template(
        "staff/policy.html",
        row=version_row(row, names_of([_author_id(row.author)])),
        parts=[
            pages.shipping_page(found, zone=zone),
            pages.money_back_page(found, at=at, zone=zone),
            pages.withdrawal_page(found, at=at, zone=zone),
        ],
        support=found.document.support,
        quality=found.document.quality,
        in_force=(newest := current_policy().id) == version_id,
        is_confirmed=found.document.withdrawal.is_confirmed,
        earlier=version_before(version_id),
        newest=newest,
        may_edit=may("policies.publish"),
        crumbs=_crumbs(_version(version_id)),
        notices=notices(),
    )


@blueprint.get(f"/policies/{VERSION}/differences")
@open_to("policies.view")
def policy_differences(version_id: int) -> str:
    """What differs in a version from another, or from the one before it. Three statements."""
    asked = request.args.get("from", type=int)
    other = asked if asked and 0 < asked < 2**63 else version_before(version_id)
    if other is None:
        raise NotFound()
    before, after = policy_by_id(other), policy_by_id(version_id)
    return render_template(
        "staff/policy_differences.html",
        title=_("From version %(before)s to version %(after)s", before=before.id, after=after.id),
        rows=differences(before.document, after.document),
        crumbs=[*_crumbs(_version(version_id), version_id), Crumb(_("Differences"), "")],
    )


@blueprint.get("/policies/edit")
@open_to("policies.publish")
def edit_policy() -> Any:
    """The editor, filled with the policy in force or with an earlier version. Up to two statements."""
    stands, asked = current_policy(), request.args.get("from", type=int)
    found = policy_by_id(asked) if asked and 0 < asked < 2**63 else stands
    return _opened(found.document, seen=stands.id)


@blueprint.post("/policies/edit")
@open_to("policies.publish")
def look_at_policy() -> Any:
    """What would change; or the editor again, with a zone more or less, or with what is wrong."""
    if request.form.get("to") == "back":
        return _back()
    form = PolicyForm.sent(request.form)
    if change_shape(form, request.form.get("to", "")):
        return _editor(form)
    if not form.validate():
        return _editor(form), 422
    try:
        document = form.document(settings().currency)
        require_room(document)
        document.check()
    except Refused as error:
        return _editor(form, error.message.splitlines()), 422
    return _effect_page(document, seen=form.seen.data or "", note=form.note.data or "")


@blueprint.post("/policies")
@open_to("policies.publish", fresh=True)
def publish_policy() -> Any:
    """Publish what was looked at, then its page; or look again, where somebody published meanwhile."""
    require_token()
    seen, note = request.form.get("seen", ""), request.form.get("note", "")
    try:
        document = document_sent(request.form.get("document", ""), settings().currency)
    except Refused as error:
        return _back_with(*error.message.splitlines())
    kind, number = current_actor()
    try:
        version_id = change_policy(document, seen=_whole(seen), author=f"{kind}:{number}", note=note)
    except PublishedMeanwhile as error:
        return _effect_page(document, seen=str(error.version), note=note, messages=[error.message]), 409
    except Refused as error:
        return _effect_page(document, seen=seen, note=note, messages=error.message.splitlines()), 422
    flash(_("Version %(number)s is in force. Orders that stand keep theirs.", number=version_id), "good")
    return redirect(url_for("staff.policy", version_id=version_id), 303)


def _opened(document: PolicyDocument, *, seen: int | str, note: str = "") -> Any:
    try:
        return _editor(PolicyForm.of(document, seen=seen, note=note))
    except Refused as error:
        flash(error.message, "bad")
        return redirect(url_for("staff.policies"), 303)


def _back() -> Any:
    """The editor with the document that was looked at."""
    try:
        document = document_sent(request.form.get("document", ""), settings().currency)
    except Refused as error:
        return _back_with(*error.message.splitlines())
    return _opened(document, seen=request.form.get("seen", ""), note=request.form.get("note", ""))


def _back_with(*messages: str) -> Any:
    stands = current_policy()
    return _editor(PolicyForm.of(stands.document, seen=stands.id), list(messages)), 422


def _editor(form: PolicyForm, messages: list[str] | None = None) -> str:
    wrong = form.wrong_fields()
    return render_template(
        "staff/policy_edit.html",
        form=form,
        wrong=wrong,
        messages=messages or [],
        crumbs=_crumbs(_("Change")),
        notices=notices(),
    )


def _effect_page(document: PolicyDocument, *, seen: str, note: str, messages: list[str] | None = None) -> str:
    stands = current_policy()
    return render_template(
        "staff/policy_effect.html",
        effect=effect(stands.document, document, zone=settings().timezone),
        rows=differences(stands.document, document),
        broken=untrue_rows(broken_by(held_of(document))),
        unknown=goods_unknown(document),
        document=document.to_json(),
        seen=seen,
        why=note,
        messages=messages or [],
        stands=stands.id,
        crumbs=_crumbs(_("What would change")),
        notices=notices(),
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _version(version_id: int) -> str:
    return _("Version %(number)s", number=version_id)


def _crumbs(here: str, version_id: int | None = None) -> list[Crumb]:
    url = url_for("staff.policy", version_id=version_id) if version_id else ""
    return [Crumb(_("Policies"), url_for("staff.policies")), Crumb(here, url)]


def _author_id(author: str) -> str | None:
    kind, _colon, number = author.partition(":")
    return number if kind == "staff" else None
