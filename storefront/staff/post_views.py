"""Posts for staff: the list, the editor with its preview, and when they appear.

Knows addresses and answers; refuses to know rules.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor, current_customer
from storefront.content import actions, desk, markdown
from storefront.content.claimed import KIND as CLAIMING
from storefront.content.commented import KIND
from storefront.content.illustrations import pictures_for
from storefront.content.models import PostFormat, PostKind, PostState
from storefront.content.shown import Named
from storefront.content.steps import product_ids
from storefront.content.texts import rendered_from
from storefront.errors import NotFound, Refused
from storefront.pictures.plates import plate
from storefront.staff.blueprint import blueprint
from storefront.staff.claim_words import marks_typed
from storefront.staff.earnings_page import earnings_line
from storefront.staff.frame import Crumb
from storefront.staff.goods_forms import refuse
from storefront.staff.goods_words import ID, Pager, Tag, done, may, require_token
from storefront.staff.post_forms import (
    CoverForm,
    PostFilters,
    PostForm,
    WhenForm,
    post_data,
    state_name,
)
from storefront.staff.saving import refusing
from storefront.staff.thread_views import thread_act
from storefront.web import open_to
from storefront.web.notices import notices

POST = ID % "post_id"
_KINDS = {
    PostState.DRAFT: "marker",
    PostState.SCHEDULED: "wash",
    PostState.PUBLISHED: "good",
    PostState.WITHDRAWN: "",
}


@blueprint.get("/posts")
@open_to("content.view")
def posts() -> str:
    """All posts and pages, the newest first. One statement."""
    form = PostFilters(request.args)
    form.offer()
    wanted = (form.find.data, form.state.data) if form.validate() else ("", "")
    after = request.args.get("after", type=int)
    rows, following = desk.posts(*wanted, after=after if after and 0 < after < 2**63 else None)
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "after" and value}
    return render_template(
        "staff/posts.html",
        rows=[(row, _state(row.state)) for row in rows],
        form=form,
        here=url_for("staff.posts"),
        pager=Pager(
            _("Pages of posts"),
            "",
            url_for("staff.posts", **kept, after=following) if following else None,
            url_for("staff.posts", **kept) if after else None,
        ),
        may_edit=may("content.edit"),
        notices=notices(),
    )


@blueprint.get("/posts/new")
@open_to("content.edit")
def new_post() -> str:
    """The form for a draft."""
    form = PostForm(formdata=None)
    form.offer(authors := desk.authors())
    form.propose(authors, whose=current_customer().id)
    return editor(None, form, [])


@blueprint.post("/posts/new")
@open_to("content.edit")
def add_post() -> Any:
    """Add a draft, then its page; or show what the text will look like, or goods for it."""
    form, messages = PostForm(), list[str]()
    form.offer(desk.authors())
    if not _is_save():
        return _looked(None, form)
    if form.validate():
        with refusing(form, messages):
            post_id = actions.add_post(form.texts, kind=PostKind(form.kind.data), by=current_actor())
            flash(_("It is a draft: nobody sees it until you publish it."), "good")
            return redirect(url_for("staff.post", post_id=post_id), 303)
    return editor(None, form, messages), 400


@blueprint.get(f"/posts/{POST}")
@open_to("content.view")
def post(post_id: int) -> str:
    """A post, to be changed. Seven statements, and four for each 1,000 orders that came from it in part."""
    found = desk.post_desk(post_id)
    return editor(found, opened(found), [])


@blueprint.post(f"/posts/{POST}")
@open_to("content.edit")
def save_post(post_id: int) -> Any:
    """Save another version; both where somebody saved meanwhile; or show what the text will look like,
    or goods for it."""
    form, messages = PostForm(), list[str]()
    form.offer(desk.authors())
    if not _is_save():
        return _looked(desk.post_desk(post_id), form)
    if form.validate():
        with refusing(form, messages, post_data):
            changed = actions.change_post(post_id, form.texts, seen=form.seen.data or "", by=current_actor())
            flash(_("Saved.") if changed else _("Nothing was changed."), "good")
            return redirect(url_for("staff.post", post_id=post_id), 303)
    return editor(desk.post_desk(post_id), form, messages), 400


@blueprint.post(f"/posts/{POST}/state")
@open_to("content.edit")
def move_post(post_id: int) -> Any:
    """Publish a post, withdraw it, or take it off the schedule."""
    by = current_actor()
    ways: dict[str, tuple[Any, str]] = {
        "publish": (lambda: actions.publish(post_id, by=by), _("It is public now.")),
        "withdraw": (lambda: actions.withdraw(post_id, by=by), _("It is withdrawn.")),
        "unschedule": (lambda: actions.unschedule(post_id, by=by), _("It is a draft again.")),
    }
    if (way := ways.get(request.form.get("to", ""))) is None:
        raise NotFound()
    require_token()
    try:
        way[0]()
    except Refused as error:
        if error.field in {"author", "body"}:
            found = desk.post_desk(post_id)
            form = opened(found)
            return editor(found, form, refuse(form, error)), 409
        flash(error.message, "bad")
    else:
        flash(way[1], "good")
    return redirect(url_for("staff.post", post_id=post_id), 303)


@blueprint.post(f"/posts/{POST}/schedule")
@open_to("content.edit")
def schedule_post(post_id: int) -> Any:
    """Let a post appear later."""
    by, form = current_actor(), WhenForm()
    return done(
        lambda: actions.schedule(post_id, form.at, by=by),
        _("It will appear then."),
        url_for("staff.post", post_id=post_id),
    )


def editor(
    found: desk.PostDesk | None,
    form: PostForm,
    messages: list[str],
    *,
    preview: markdown.Written | None = None,
    cards: tuple[Named, ...] | None = None,
    sought: str = "",
    cover: CoverForm | None = None,
) -> str:
    """The page of the editor, with what was typed and what is wrong with it."""
    if found and found.format == PostFormat.HTML:
        form.body.description = _(
            "HTML. A line {{ product: address }} shows a product that can be bought there."
        )
    return render_template(
        "staff/post.html",
        post=found,
        state=_state(found.state) if found else None,
        acts=_acts(found) if found and may("content.edit") else [],
        when=WhenForm(formdata=None) if found and found.state in _TO_COME else None,
        cover=cover or cover_form(found),
        plate=plate(found.cover) if found else None,
        form=form,
        messages=messages,
        preview=preview,
        cards=cards,
        sought=sought,
        thread=_thread_act(found) if found else None,
        earned=earnings_line(found.id) if found else "",
        marks=(marks := marks_typed(CLAIMING, found.id if found else None, form.data)),
        held_back=bool(found and found.is_due and (marks.open or marks.untrue)),
        action=url_for("staff.save_post", post_id=found.id) if found else url_for("staff.add_post"),
        may_edit=may("content.edit"),
        crumbs=post_crumbs(found, "")
        if found
        else [Crumb(_("Posts"), url_for("staff.posts")), Crumb(_("New"), "")],
        notices=notices(),
    )


def opened(found: desk.PostDesk) -> PostForm:
    """The form of a post as it stands."""
    form = PostForm(formdata=None)
    form.offer(desk.authors())
    form.show(found.texts, found.seen)
    form.kind.data = found.kind.value
    return form


def cover_form(found: desk.PostDesk | None) -> CoverForm:
    """The form of a post's cover as it stands."""
    form = CoverForm(formdata=None)
    form.alt.data = found.cover.alt if found and found.cover else ""
    return form


# Only these can be given a time.
_TO_COME = {PostState.DRAFT, PostState.SCHEDULED}


def _acts(found: desk.PostDesk) -> list[tuple[str, str]]:
    return {
        PostState.DRAFT: [("publish", _("Publish now"))],
        PostState.SCHEDULED: [("publish", _("Publish now")), ("unschedule", _("Make it a draft again"))],
        PostState.PUBLISHED: [("withdraw", _("Withdraw"))],
        PostState.WITHDRAWN: [("publish", _("Publish again"))],
    }[found.state]


def _is_save() -> bool:
    """Whether what was typed is to be saved. Enter never does so: a browser does not tell in which field it was
    pressed, and somebody who looks for goods would save half a text."""
    return request.form.get("to", "") not in {"preview", "find", "enter"} and "card" not in request.form


def _looked(found: desk.PostDesk | None, form: PostForm) -> str:
    """The editor with what was asked for: how the text looks, goods that fit, or the card of one put behind the text.
    Nothing is saved."""
    if request.form.get("to") in {"find", "enter"}:
        # Empty again: what is typed next is looked for by itself.
        sought, form.find.data = (form.find.data or "").strip(), ""
        if request.form["to"] == "enter" and not sought:
            flash(_("Nothing is saved yet. Enter looks for a product; to save, press “Save”."), "bad")
        return editor(found, form, [], cards=desk.cards_called(sought), sought=sought)
    if card := request.form.get("card", ""):
        form.body.data = f"{(form.body.data or '').rstrip()}\n\n{{{{ product: {card} }}}}\n".lstrip()
    return editor(found, form, [], preview=_preview(form, found.format if found else PostFormat.MARKDOWN))


def _thread_act(found: desk.PostDesk) -> tuple[str, str] | None:
    """The button of a post's thread, for who may press it."""
    is_talked_about = found.kind == PostKind.POST and found.state == PostState.PUBLISHED
    return thread_act(KIND, found.id) if is_talked_about and may("comments.moderate") else None


def _preview(form: PostForm, written_in: PostFormat) -> markdown.Written:
    body = markdown.clean_text(form.body.data or "")[: markdown.MOST_LETTERS]
    return rendered_from(body, written_in, pictures=pictures_for(body, written_in)).placed(product_ids)


def post_crumbs(found: desk.PostDesk, here: str) -> list[Crumb]:
    """The way to a post, or to a page of it that is called `here`."""
    way = [Crumb(_("Posts"), url_for("staff.posts"))]
    way.append(Crumb(found.texts.title, url_for("staff.post", post_id=found.id)))
    return [*way, Crumb(here, "")] if here else way


def _state(state: PostState) -> Tag:
    return Tag(state_name(state), _KINDS[state])
