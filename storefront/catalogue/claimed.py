"""Goods as texts that state something: what is said of a product, who said it, and which imports are held back.

Knows products and their texts; refuses to know what is to be careful with. What writes is a step.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.audit import AuditDetail, AuditEntry
from storefront.catalogue.changing import next_state, said_otherwise
from storefront.catalogue.facts import ProductFacts
from storefront.catalogue.models import Image, Product, ProductState
from storefront.catalogue.standing import Standing
from storefront.catalogue.texts import clean_description
from storefront.claims.folding import Form
from storefront.claims.models import ClaimMark, PromiseStated
from storefront.claims.recorded import picture_versions
from storefront.claims.steps import look_at_all, refuse_overfull, those_held_back, those_stating
from storefront.claims.subjects import Said, Text, TextKind, Version, Writers, claiming, writer
from storefront.database import require_transaction, session
from storefront.errors import Refused

KIND = "product"
_COLUMNS = ("title", "subtitle", "description_html", "seo_title", "seo_description")
# What the record of changes calls them.
_TOLD_AS = {name.removesuffix("_html"): name for name in _COLUMNS}


def parts(
    *,
    title: str,
    subtitle: str,
    description_html: str,
    seo_title: str = "",
    seo_description: str = "",
    alts: Iterable[str] = (),
) -> tuple[Said, ...]:
    """What is looked at, by the names of the fields it is typed in; `alts` say what pictures show."""
    return (
        Said("title", title, Form.PLAIN),
        Said("subtitle", subtitle, Form.PLAIN),
        Said("description", description_html, Form.HTML),
        Said("seo_title", seo_title, Form.PLAIN),
        Said("seo_description", seo_description, Form.PLAIN),
        *(Said("picture", alt, Form.PLAIN) for alt in alts if alt),
    )


def text_of(product: Any) -> Text:
    """What is said of a product. One statement."""
    return _text(product, alts_of([product.id])[product.id])


def alts_of(ids: Collection[int]) -> Mapping[int, list[str]]:
    """What the pictures of products show, by their ids, in their order. One statement."""
    found: dict[int, list[str]] = {product_id: [] for product_id in ids}
    pictures = sa.select(Image.product_id, Image.alt).where(Image.product_id.in_(list(ids)), Image.alt != "")
    for row in session().execute(pictures.order_by(Image.position, Image.id)):
        found[row.product_id].append(row.alt)
    return found


def _text(product: Any, alts: Iterable[str]) -> Text:
    return Text(
        kind=KIND,
        id=product.id,
        title=product.title,
        is_public=product.state != ProductState.DRAFT,
        parts=parts(**{name: getattr(product, name) for name in _COLUMNS}, alts=alts),
        product=product.slug,
    )


def _read(ids: Collection[int]) -> Mapping[int, Text]:
    """Products of these ids. Two statements."""
    alts = alts_of(ids)
    return {row.id: _text(row, alts[row.id]) for row in _rows(ids)}


def _rows(ids: Collection[int]) -> Sequence[Any]:
    columns = (Product.id, Product.state, Product.slug, *(getattr(Product, name) for name in _COLUMNS))
    return session().execute(sa.select(*columns).where(Product.id.in_(list(ids)))).all()


def _hold(ids: Collection[int]) -> Mapping[int, Text]:
    held = sa.select(Product.id).where(Product.id.in_(list(ids))).order_by(Product.id)
    require_transaction().execute(held.with_for_update(key_share=True)).all()
    return _read(ids)


def _versions(ids: Collection[int]) -> list[tuple[int, Sequence[Version]]]:
    """The versions of goods, as the record of changes tells them, and of what their pictures show. Three
    statements."""
    changes = _changes(ids)
    return [(row.id, _versions_of(row, changes.get(row.id, ()))) for row in _rows(ids)] + list(
        picture_versions(KIND, ids, field="picture").items()
    )


# Who changed it, and each column with what it said before and after.
_Change = tuple[Writers, Mapping[str, tuple[str, str]]]


def _versions_of(row: Any, changes: Sequence[_Change]) -> list[Version]:
    """From what stands now back to what was added: each change undone, the newest first. What a file said between two
    changes is taken for what stood before: nobody becomes a writer by it who has not saved the product."""
    said = {name: getattr(row, name) for name in _COLUMNS}
    versions = []
    for writers, columns in reversed(changes):
        said |= {name: after for name, (_before, after) in columns.items()}
        versions.append(Version(writers, parts(**said)))
        said |= {name: before for name, (before, _after) in columns.items()}
    return versions[::-1]


def _changes(ids: Collection[int]) -> Mapping[int, list[_Change]]:
    """What people changed of products, by id, the oldest first; adding one changes nothing into all it says."""
    rows = session().execute(
        sa.select(
            *(AuditEntry.id, AuditEntry.subject_id, AuditEntry.actor_kind, AuditEntry.actor_id),
            *(AuditDetail.name, AuditDetail.before, AuditDetail.after),
        )
        .outerjoin(
            AuditDetail, (AuditDetail.entry_id == AuditEntry.id) & (AuditEntry.verb == "product.changed")
        )
        .where(
            AuditEntry.subject_kind == "product",
            AuditEntry.subject_id.in_([str(each) for each in ids]),
            AuditEntry.verb.in_(("product.added", "product.changed")),
        )
        .order_by(AuditEntry.id)
    )
    found: dict[int, dict[int, tuple[Writers, dict[str, tuple[str, str]]]]] = {}
    for row in rows:
        entries = found.setdefault(int(row.subject_id), {})
        _writers, columns = entries.setdefault(row.id, (writer((row.actor_kind, row.actor_id)), {}))
        if name := _TOLD_AS.get(row.name):
            columns[name] = (row.before or "", row.after or "")
    return {product_id: list(entries.values()) for product_id, entries in found.items()}


def _after(product_id: int, most: int) -> list[int]:
    behind = sa.select(Product.id).where(Product.id > product_id).order_by(Product.id)
    return list(session().scalars(behind.limit(most)))


def held_back(facts: Sequence[ProductFacts], standing: Mapping[str, Standing]) -> list[ProductFacts]:
    """Facts from a file, as they may be saved: what would go on sale, or stay there with other words, with a phrase
    for which nobody has answered is no longer, or not yet, on sale. The marks of what stands are written.

    Raises Refused where there are so many that nobody could answer for them.
    """
    found = [(each, standing.get(each.slug)) for each in facts]
    touched = {
        stands.product.id: _planned(stands, each)
        for each, stands in found
        if stands is not None and _is_concerned(stands, each)
    }
    # In what is new nobody can have answered for anything; it has no id yet but its place in the file.
    new = [_fresh(place, each) for place, (each, stands) in enumerate(found) if stands is None]
    refuse_overfull([*new, *touched.values()])
    unanswered = look_at_all(list(touched.values()))
    stating = {text.id for text in those_held_back(new)}
    return [
        _held(each, stands) if (unanswered.get(stands.product.id) if stands else place in stating) else each
        for place, (each, stands) in enumerate(found)
    ]


def mark_fresh(facts: Iterable[ProductFacts], ids: Mapping[str, int]) -> None:
    """Write the marks of products that have just been added; `ids` are by slug."""
    look_at_all(those_stating(_fresh(ids[each.slug], each) for each in facts))


def _is_concerned(stands: Standing, facts: ProductFacts) -> bool:
    """Whether the words change, or it goes on sale: what only counts pieces or changes a price is not looked at."""
    return (
        _says_otherwise(stands, facts)
        or next_state(stands.product.state, facts.state) is ProductState.PUBLISHED
    )


def _says_otherwise(stands: Standing, facts: ProductFacts) -> bool:
    before = sorted(row.alt for row in stands.images)
    return sorted(_planned_alts(stands, facts)) != before or not said_otherwise(
        stands.product, facts
    ).keys().isdisjoint(_COLUMNS)


def _planned(stands: Standing, facts: ProductFacts) -> Text:
    said = {name: getattr(stands.product, name) for name in _COLUMNS} | {
        name: value for name, value in said_otherwise(stands.product, facts).items() if name in _COLUMNS
    }
    whole = parts(**said, alts=_planned_alts(stands, facts))
    return Text(KIND, stands.product.id, said["title"], False, whole, product=facts.slug)


def _planned_alts(stands: Standing, facts: ProductFacts) -> list[str]:
    """What its pictures will show: those of a file, as `changing` takes them, and those that were uploaded here."""
    if facts.images is None:
        return [row.alt for row in stands.images]
    before = {row.source_url or row.file or "": row for row in stands.images}
    named = {image.key for image in facts.images}
    said = [
        before[image.key].alt if image.alt is None and image.key in before else image.alt or ""
        for image in facts.images
    ]
    return said + [row.alt for key, row in before.items() if key not in named and row.source_url is None]


def _fresh(product_id: int, facts: ProductFacts) -> Text:
    said = parts(
        title=facts.title,
        subtitle=facts.subtitle or "",
        description_html=clean_description(facts.description or ""),
        alts=[image.alt or "" for image in facts.images or ()],
    )
    return Text(KIND, product_id, facts.title, False, said, product=facts.slug)


def _held(facts: ProductFacts, stands: Standing | None) -> ProductFacts:
    if stands is None or stands.product.state == ProductState.PUBLISHED:
        return replace(facts, state=ProductState.DRAFT)
    if stands.product.state == ProductState.WITHDRAWN and _says_otherwise(stands, facts):
        # Its page stays, and it cannot become a draft again.
        raise Refused(
            _("Its page is public though it is not sold, and its new words need somebody's answer.")
        )
    return replace(facts, state=None)


def open_words(slugs: Collection[str]) -> dict[str, list[str]]:
    """The marked words that nobody answered for, and promises that are not true, by the addresses of products that
    are not sold. One statement."""
    unsold = (Product.slug.in_(list(slugs)), Product.state != ProductState.PUBLISHED)
    marked = (
        sa.select(Product.slug, ClaimMark.words, ClaimMark.id.label("place"))
        .join(ClaimMark, (ClaimMark.subject_kind == KIND) & (ClaimMark.subject_id == Product.id))
        .where(*unsold, ClaimMark.decision_id.is_(None))
    )
    untrue = (
        sa.select(Product.slug, PromiseStated.words, PromiseStated.id.label("place"))
        .join(PromiseStated, (PromiseStated.subject_kind == KIND) & (PromiseStated.subject_id == Product.id))
        .where(*unsold, PromiseStated.is_kept.is_(False))
    )
    rows = session().execute(sa.union_all(marked, untrue).order_by("place"))
    found: dict[str, list[str]] = {}
    for slug, words, _id in rows:
        found.setdefault(slug, []).append(words)
    return found


claiming(KIND, TextKind(read=_read, hold=_hold, after=_after, versions=_versions))
