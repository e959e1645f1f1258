"""A product's pictures for staff: uploaded, ordered, described, removed.

Knows addresses and how large an upload may be; refuses to decode.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront.accounts.access import current_actor
from storefront.catalogue import actions
from storefront.catalogue.product_desk import PictureDesk, picture_by_id, pictures_of, product_desk
from storefront.errors import NotFound, Refused
from storefront.pictures.door import MOST_BYTES
from storefront.pictures.plates import plate
from storefront.staff.blueprint import blueprint
from storefront.staff.goods_forms import refuse
from storefront.staff.goods_words import ID, done, may, product_crumbs, state_tag, tabs
from storefront.staff.picture_forms import UploadForm, WordsForm
from storefront.staff.saving import refusing
from storefront.web import open_to
from storefront.web.notices import notices

PRODUCT, IMAGE = ID % "product_id", ID % "image_id"
# All pictures of one form together, and its few words.
UPLOAD_BYTES = MOST_BYTES + 100_000
MOST_FILES = 20


def take_upload() -> None:
    """Let this request carry pictures; asked before its body is read, by who may upload."""
    request.max_content_length = UPLOAD_BYTES


@blueprint.get(f"/products/{PRODUCT}/pictures")
@open_to("catalogue.view")
def pictures(product_id: int) -> str:
    """A product's pictures in their order. Four statements."""
    return _page(product_id, UploadForm(formdata=None), [])


@blueprint.post(f"/products/{PRODUCT}/pictures")
@open_to("catalogue.edit")
def add_pictures(product_id: int) -> Any:
    """Hang every picture that can be taken, and say of the others why not."""
    take_upload()
    desk, form = product_desk(product_id), UploadForm()
    files = [file for file in form.files.data or () if getattr(file, "filename", "")]
    if not form.validate():
        return _page(product_id, form, []), 400
    if not files or len(files) > MOST_FILES:
        form.files.errors = [_("Choose 1 to %(most)s pictures.", most=MOST_FILES)]
        return _page(product_id, form, []), 400
    hung, refused = 0, []
    for file in files:
        try:
            actions.add_picture(
                desk.slug,
                file.read(),
                alt=form.words.alt,
                is_decorative=form.words.is_decorative,
                by=current_actor(),
            )
            hung += 1
        except Refused as error:
            if error.field:
                return _page(product_id, form, refuse(form, error)), 400
            refused.append(_("%(file)s: %(why)s", file=file.filename[:80], why=error.message))
    if refused:
        return _page(product_id, form, refused), 400
    flash(_("The pictures are there; their sizes are made now."), "good")
    return redirect(url_for("staff.pictures", product_id=product_id), 303)


def _page(product_id: int, form: UploadForm, messages: list[str]) -> str:
    desk = product_desk(product_id)
    return render_template(
        "staff/pictures.html",
        product=desk,
        state=state_tag(desk.state),
        pictures=[(each, plate(each.picture, alt="")) for each in pictures_of(product_id)],
        form=form,
        messages=messages,
        tabs=tabs(product_id, "staff.pictures"),
        crumbs=product_crumbs(desk.title, product_id, here=_("Pictures")),
        may_edit=may("catalogue.edit"),
        notices=notices(),
    )


@blueprint.get(f"/products/pictures/{IMAGE}")
@open_to("catalogue.edit")
def picture(image_id: int) -> str:
    """What a picture shows, to be said in other words."""
    product_id, desk = picture_by_id(image_id)
    form = WordsForm(formdata=None)
    form.seen.data, form.alt.data, form.is_decorative.data = (
        *(desk.seen, desk.words.alt),
        desk.words.is_decorative,
    )
    return _words_page(product_id, desk, form, [])


@blueprint.post(f"/products/pictures/{IMAGE}")
@open_to("catalogue.edit")
def describe_picture(image_id: int) -> Any:
    """Save what a picture shows."""
    product_id, desk = picture_by_id(image_id)
    form, messages = WordsForm(), list[str]()
    if form.validate():
        with refusing(form, messages):
            actions.describe_picture(image_id, form.words, seen=form.seen.data or "", by=current_actor())
            flash(_("Saved."), "good")
            return redirect(url_for("staff.pictures", product_id=product_id), 303)
    return _words_page(product_id, desk, form, messages), 400


def _words_page(product_id: int, desk: PictureDesk, form: WordsForm, messages: list[str]) -> str:
    product = product_desk(product_id)
    return render_template(
        "staff/picture.html",
        picture=desk,
        plate=plate(desk.picture, alt=""),
        form=form,
        messages=messages,
        crumbs=product_crumbs(product.title, product_id, here=_("A picture")),
        back=url_for("staff.pictures", product_id=product_id),
    )


@blueprint.post(f"/products/pictures/{IMAGE}/act")
@open_to("catalogue.edit")
def move_picture(image_id: int) -> Any:
    """Move a picture towards an end, or take it down."""
    by = current_actor()
    ways = {
        "up": (lambda: actions.move_picture(image_id, -1, by=by), _("It is moved.")),
        "down": (lambda: actions.move_picture(image_id, +1, by=by), _("It is moved.")),
        "first": (lambda: actions.move_picture(image_id, -(10**6), by=by), _("It comes first now.")),
        "remove": (lambda: actions.remove_picture(image_id, by=by), _("The picture is removed.")),
    }
    if (way := ways.get(request.form.get("to", ""))) is None:
        raise NotFound()
    product_id, _desk = picture_by_id(image_id)
    return done(*way, url_for("staff.pictures", product_id=product_id))
