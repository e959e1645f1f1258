"""Collections for staff: the list, their words and rules, what stands on them, their picture.

Knows addresses and answers; refuses to know rules.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.catalogue import actions
from storefront.catalogue.cards import picture as picture_of
from storefront.catalogue.desk import collection_by_id, collections, on_shelf
from storefront.catalogue.models import ProductState
from storefront.catalogue.shelving import texts_of
from storefront.catalogue.stale import fingerprint
from storefront.errors import NotFound, Refused
from storefront.pictures.plates import plate
from storefront.staff.blueprint import blueprint
from storefront.staff.collection_forms import (
    PLACES,
    BannerForm,
    CollectionForm,
    PlaceForm,
    collection_data,
    collection_said,
    offer,
    show,
)
from storefront.staff.frame import Crumb
from storefront.staff.goods_words import ID, Pager, done, may, state_tag
from storefront.staff.picture_views import take_upload
from storefront.staff.saving import refusing
from storefront.web import open_to
from storefront.web.notices import notices

SHELF, PRODUCT = ID % "collection_id", ID % "product_id"


@blueprint.get("/collections")
@open_to("catalogue.view")
def collections_list() -> str:
    """All collections in their order. One statement."""
    return render_template(
        "staff/collections.html", rows=collections(), may_edit=may("catalogue.edit"), notices=notices()
    )


@blueprint.get("/collections/new")
@open_to("catalogue.edit")
def new_collection() -> str:
    """The form for another collection."""
    form = CollectionForm(formdata=None)
    offer(form)
    return _new_page(form, [])


@blueprint.post("/collections/new")
@open_to("catalogue.edit")
def add_collection() -> Any:
    """Add a collection, then its page."""
    form, messages = CollectionForm(), list[str]()
    offer(form)
    if form.validate():
        with refusing(form, messages):
            collection_id = actions.open_collection(collection_said(form), by=current_actor())
            flash(_("The collection is there."), "good")
            return redirect(url_for("staff.collection", collection_id=collection_id), 303)
    return _new_page(form, messages), 400


def _new_page(form: Any, messages: list[str]) -> str:
    return render_template(
        "staff/collection_new.html",
        form=form,
        conditions=_rows(form),
        messages=messages,
        crumbs=[
            Crumb(_("Collections"), url_for("staff.collections_list")),
            Crumb(_("New collection"), ""),
        ],
    )


@blueprint.get(f"/collections/{SHELF}")
@open_to("catalogue.view")
def collection(collection_id: int) -> str:
    """A collection: its words, and what stands on it. Two statements."""
    row = collection_by_id(collection_id)
    form = CollectionForm(formdata=None)
    offer(form)
    texts = texts_of(row)
    show(form, texts, fingerprint(texts))
    return _page(row, form, [])


@blueprint.post(f"/collections/{SHELF}")
@open_to("catalogue.edit")
def save_collection(collection_id: int) -> Any:
    """Save what is said of a collection; both versions where somebody saved meanwhile."""
    form, messages = CollectionForm(), list[str]()
    offer(form)
    if form.validate():
        with refusing(form, messages, collection_data):
            wanted, seen = collection_said(form), form.seen.data or ""
            actions.change_collection(collection_id, wanted, seen=seen, by=current_actor())
            flash(_("Saved."), "good")
            return redirect(url_for("staff.collection", collection_id=collection_id), 303)
    return _page(collection_by_id(collection_id), form, messages), 400


def _rows(form: Any) -> list[tuple[Any, Any]]:
    return [(form[f"ask{place}"], form[f"value{place}"]) for place in PLACES]


def _page(row: Any, form: Any, messages: list[str], *, banner: BannerForm | None = None) -> str:
    after = request.args.get("after", type=int)
    page = on_shelf(row.id, after=after if after and 0 < after < 2**63 else None)
    here = url_for("staff.collection", collection_id=row.id)
    following = (
        url_for("staff.collection", collection_id=row.id, after=page.following) if page.following else None
    )
    return render_template(
        "staff/collection.html",
        collection=row,
        has_rule=row.rule is not None,
        goods=[(good, state_tag(ProductState(good.state))) for good in page.rows],
        plate=plate(picture_of(row.file, row.alt, row.width, row.height, row.sizes)),
        form=form,
        conditions=_rows(form),
        place=PlaceForm(formdata=None),
        banner=banner or BannerForm(formdata=None),
        messages=messages,
        pager=Pager(_("Pages of products"), "", following, here if after else None),
        crumbs=[Crumb(_("Collections"), url_for("staff.collections_list")), Crumb(row.title, "")],
        may_edit=may("catalogue.edit"),
        notices=notices(),
    )


@blueprint.post(f"/collections/{SHELF}/products")
@open_to("catalogue.edit")
def put_on_shelf(collection_id: int) -> Any:
    """Put a product behind those that stand."""
    form = PlaceForm()
    back = url_for("staff.collection", collection_id=collection_id)
    if not form.validate():
        flash(_("Please name a product."), "bad")
        return redirect(back, 303)
    try:
        actions.put_on_shelf(collection_id, form.product.data, by=current_actor())
    except NotFound:
        raise
    except Refused as error:
        flash(error.message, "bad")
    else:
        flash(_("It stands in the collection."), "good")
    return redirect(back, 303)


@blueprint.post(f"/collections/{SHELF}/products/{PRODUCT}")
@open_to("catalogue.edit")
def move_on_shelf(collection_id: int, product_id: int) -> Any:
    """Move a product on its shelf, or take it off."""
    by = current_actor()

    def move(places: int) -> Any:
        return lambda: actions.move_on_shelf(collection_id, product_id, places, by=by)

    ways: dict[str, tuple[Any, str]] = {
        "up": (move(-1), _("It is moved.")),
        "down": (move(+1), _("It is moved.")),
        "first": (move(-(10**6)), _("It comes first now.")),
        "off": (
            lambda: actions.take_off_shelf(collection_id, product_id, by=by),
            _("It is no longer in the collection."),
        ),
    }
    if (way := ways.get(request.form.get("to", ""))) is None:
        raise NotFound()
    return done(*way, url_for("staff.collection", collection_id=collection_id))


@blueprint.post(f"/collections/{SHELF}/picture")
@open_to("catalogue.edit")
def hang_banner(collection_id: int) -> Any:
    """Give a collection its picture."""
    take_upload()
    row, form, messages = collection_by_id(collection_id), BannerForm(), list[str]()
    if form.validate():
        content = form.file.data.read() if form.file.data else b""
        with refusing(form, messages):
            actions.hang_banner(collection_id, content, words=form.words, by=current_actor())
            flash(_("The picture is there; its sizes are made now."), "good")
            return redirect(url_for("staff.collection", collection_id=collection_id), 303)
    texts = CollectionForm(formdata=None)
    offer(texts)
    stands = texts_of(row)
    show(texts, stands, fingerprint(stands))
    return _page(row, texts, messages, banner=form), 400


@blueprint.post(f"/collections/{SHELF}/picture/remove")
@open_to("catalogue.edit")
def take_banner_down(collection_id: int) -> Any:
    """Take a collection's picture away."""
    back = url_for("staff.collection", collection_id=collection_id)
    return done(
        lambda: actions.take_banner_down(collection_id, by=current_actor()),
        _("The picture is removed."),
        back,
    )
