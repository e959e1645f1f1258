"""Products for staff: the list, a new one, its texts, its state, and its page before it is published.

Knows addresses and answers; refuses to know rules.
"""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from storefront import clock
from storefront.accounts.access import current_actor
from storefront.catalogue import actions
from storefront.catalogue.claimed import KIND as CLAIMING
from storefront.catalogue.desk import GoodsSort, GoodsWanted, collections, goods
from storefront.catalogue.models import ProductState
from storefront.catalogue.product_desk import ProductDesk, product_desk
from storefront.catalogue.product_page import preview_page
from storefront.config import settings
from storefront.errors import NotFound
from storefront.shop import product_page as shop_page
from storefront.shop.cards import cards
from storefront.shop.choice import choose
from storefront.shop.frame import the_frame, the_policy
from storefront.staff.blueprint import blueprint
from storefront.staff.claim_words import marks_typed
from storefront.staff.frame import Crumb
from storefront.staff.goods_forms import NewProductForm, ProductForm, product_data
from storefront.staff.goods_list import GoodsFilters, filter_chips, listed
from storefront.staff.goods_words import (
    ID,
    Pager,
    done,
    may,
    product_crumbs,
    state_tag,
    tabs,
)
from storefront.staff.saving import refusing
from storefront.web import open_to
from storefront.web.notices import notices

PRODUCT = ID % "product_id"


@blueprint.get("/products")
@open_to("catalogue.view")
def products() -> str:
    """All products, a page at a time. Two statements."""
    shelves = collections()
    form = GoodsFilters(request.args)
    form.offer(shelves)
    wanted = form.wanted() if form.validate() else GoodsWanted(sort=GoodsSort.CHANGED)
    after = request.args.get("after", type=int)
    page = goods(wanted, after=after if after and 0 < after < 2**63 else None)
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "after" and value}
    here = url_for("staff.products")
    following = url_for("staff.products", **kept, after=page.following) if page.following else None
    return render_template(
        "staff/products.html",
        rows=[listed(row) for row in page.rows],
        form=form,
        chips=filter_chips(form, kept),
        here=here,
        pager=Pager(
            _("Pages of products"), "", following, url_for("staff.products", **kept) if after else None
        ),
        may_edit=may("catalogue.edit"),
        notices=notices(),
    )


@blueprint.get("/products/new")
@open_to("catalogue.edit")
def new_product() -> str:
    """The form for a product that nobody sees yet."""
    form = NewProductForm(formdata=None)
    _offer_shelves(form)
    return _new_page(form, [])


@blueprint.post("/products/new")
@open_to("catalogue.edit")
def add_product() -> Any:
    """Add a draft with its first variant, then its page."""
    form, messages = NewProductForm(), list[str]()
    _offer_shelves(form)
    if form.validate():
        with refusing(form, messages):
            product_id = actions.draft_product(
                form.texts, form.variant, pieces=form.pieces.data, by=current_actor()
            )
            flash(_("It is a draft: nobody sees it until you publish it."), "good")
            return redirect(url_for("staff.product", product_id=product_id), 303)
    return _new_page(form, messages), 400


def _new_page(form: NewProductForm, messages: list[str]) -> str:
    crumbs = [Crumb(_("Products"), url_for("staff.products")), Crumb(_("New product"), "")]
    return render_template("staff/product_new.html", form=form, messages=messages, crumbs=crumbs)


@blueprint.get(f"/products/{PRODUCT}")
@open_to("catalogue.view")
def product(product_id: int) -> str:
    """What is said of a product, to be changed. Seven statements."""
    desk = product_desk(product_id)
    form = ProductForm(formdata=None)
    _offer_shelves(form)
    form.show(desk.texts, desk.seen)
    return _page(desk, form, [])


@blueprint.post(f"/products/{PRODUCT}")
@open_to("catalogue.edit")
def save_product(product_id: int) -> Any:
    """Save what is said of a product; both versions where somebody saved meanwhile."""
    form, messages = ProductForm(), list[str]()
    _offer_shelves(form)
    if form.validate():
        with refusing(form, messages, product_data):
            changed = actions.change_texts(
                product_id,
                form.texts,
                seen=form.seen.data or "",
                by=current_actor(),
                kept_slugs=_named_by_the_policy(),
            )
            flash(_("Saved.") if changed else _("Nothing was changed."), "good")
            return redirect(url_for("staff.product", product_id=product_id), 303)
    return _page(product_desk(product_id), form, messages), 400


def _page(desk: ProductDesk, form: ProductForm, messages: list[str]) -> str:
    return render_template(
        "staff/product.html",
        product=desk,
        state=state_tag(desk.state),
        acts=_acts(desk),
        form=form,
        messages=messages,
        tabs=tabs(desk.id, "staff.product"),
        crumbs=product_crumbs(desk.title, desk.id),
        may_edit=may("catalogue.edit"),
        marks=marks_typed(CLAIMING, desk.id, form.data),
        is_shown=desk.state != ProductState.DRAFT,
        notices=notices(),
    )


def _acts(desk: ProductDesk) -> list[tuple[str, str, bool]]:
    """What may be done with its state: value, words, and whether it is what comes next."""
    return {
        ProductState.DRAFT: [("publish", _("Publish"), True)],
        ProductState.PUBLISHED: [
            ("withdraw", _("Stop selling it"), False),
            ("unpublish", _("Make it a draft"), False),
        ],
        ProductState.WITHDRAWN: [("publish", _("Sell it again"), True)],
    }[desk.state]


@blueprint.post(f"/products/{PRODUCT}/state")
@open_to("catalogue.edit")
def move_product(product_id: int) -> Any:
    """Publish a product, stop selling it, or make it a draft again."""
    ways = {
        "publish": (actions.publish, _("It is published.")),
        "withdraw": (actions.withdraw, _("It is no longer sold; its page says so.")),
        "unpublish": (actions.unpublish, _("It is a draft again; its page is gone.")),
    }
    act, said = ways.get(request.form.get("to", ""), ways["publish"])
    if request.form.get("to") not in ways:
        raise NotFound()
    back = url_for("staff.product", product_id=product_id)
    return done(lambda: act(product_id, by=current_actor()), said, back)


@blueprint.get(f"/products/{PRODUCT}/preview")
@open_to("catalogue.view")
def preview(product_id: int) -> str:
    """The page as shoppers will see it."""
    desk = product_desk(product_id)
    page, document = preview_page(desk.slug), the_policy().document
    variant = choose(page, request.args)
    shown = shop_page.shown(page, variant, document=document, today=clock.today(settings().timezone))
    return render_template(
        "shop/product.html",
        frame=the_frame(),
        product=shown,
        related=cards(page.related),
        stories=(),
        json_ld="",
        canonical="",
        crumbs=[Crumb(_("Products"), url_for("staff.products")), Crumb(_("Preview"), "")],
        notices=[{"text": _("A preview: shoppers see it once it is published."), "kind": ""}],
    )


def _offer_shelves(form: Any) -> None:
    form.collections.choices = [(each.id, each.title) for each in collections() if not each.has_rule]


def _named_by_the_policy() -> frozenset[str]:
    """Addresses by which the money-back policy leaves goods out: they must not move away under it."""
    return frozenset(the_policy().document.money_back.excluded_products)
