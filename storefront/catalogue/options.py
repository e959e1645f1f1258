"""The names of a product's options and of their values, as staff change them.

Knows how variants follow; refuses to make two of them the same. Every function is a step.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit
from storefront.catalogue.choices import keep_product, locked_whole
from storefront.catalogue.editing import Actor
from storefront.catalogue.edits import OptionNames, check_text
from storefront.catalogue.models import Option, Product, Variant
from storefront.catalogue.stale import refuse_stale
from storefront.database import require_transaction
from storefront.errors import Refused


def save_options(
    product_id: int, wanted: OptionNames, *, first_values: Sequence[str], seen: str, by: Actor
) -> bool:
    """Rename options, add some behind them or leave the last ones out; whether anything changed.

    What is sold gets, of each new option, the value in `first_values` (one for each place). Raises NotFound,
    Refused where two variants would be the same, and Stale.
    """
    product, variants = locked_whole(product_id)
    stands = option_names(product_id)
    refuse_stale(stands, seen)
    wanted.check()
    if stands == wanted:
        return False
    _fill(variants, len(stands.names), len(wanted.names), first_values)
    _refuse_same(variants)
    session = require_transaction()
    session.execute(sa.delete(Option).where(Option.product_id == product_id))
    session.add_all(
        Option(product_id=product_id, position=place, name=name)
        for place, name in enumerate(wanted.names, start=1)
    )
    _done(product, "product.options", by, (", ".join(stands.names), ", ".join(wanted.names)))
    return True


def rename_value(product_id: int, place: int, before: str, after: str, *, by: Actor) -> bool:
    """Call a value of the option at `place` (from 1) otherwise, in all variants; whether any had it.

    Raises NotFound, and Refused where two variants would be the same.
    """
    product, variants = locked_whole(product_id)
    name, after = f"value{place}", " ".join(after.split())
    names = option_names(product_id).names
    if not 1 <= place <= len(names) or not after:
        raise Refused(_("Each option needs a value."), field="after")
    check_text(after, name)
    renamed = [variant for variant in variants if getattr(variant, name) == before != after]
    for variant in renamed:
        setattr(variant, name, after)
    _refuse_same(variants)
    if renamed:
        _done(product, "product.value_renamed", by, (f"{names[place - 1]}: {before}", after))
    return bool(renamed)


def option_names(product_id: int) -> OptionNames:
    """What a product is chosen by now."""
    select = sa.select(Option.name).where(Option.product_id == product_id).order_by(Option.position)
    return OptionNames(tuple(require_transaction().scalars(select)))


def _fill(variants: list[Variant], had: int, has: int, first_values: Sequence[str]) -> None:
    """Give what is sold a value for each new option, and none for those that are gone."""
    for place in range(min(had, has) + 1, max(had, has) + 1):
        value = " ".join(first_values[place - 1].split()) if place <= has else ""
        if place <= has and not value and any(each.is_sold for each in variants):
            raise Refused(_("Say which value the variants that there are have."), field=f"first{place}")
        check_text(value, f"value{place}")
        for variant in variants:
            if variant.is_sold:
                setattr(variant, f"value{place}", value)


def _refuse_same(variants: list[Variant]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for variant in variants:
        values = variant.value1, variant.value2, variant.value3
        if values in seen:
            raise Refused(
                _(
                    "Two variants would both be “%(choice)s”: withdraw or change one first.",
                    choice=variant.title,
                )
            )
        seen.add(values)


def _done(product: Product, verb: str, by: Actor, change: tuple[str, str]) -> None:
    keep_product(product)
    audit.record(verb, subject=("product", product.id), actor=by, detail={"options": change})
