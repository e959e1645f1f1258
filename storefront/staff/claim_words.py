"""Marked phrases, decisions and texts in words, as staff read them.

Knows what is printed and where it is changed; refuses to decide anything.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from storefront.catalogue.claimed import KIND as PRODUCT
from storefront.catalogue.claimed import alts_of
from storefront.catalogue.claimed import parts as product_parts
from storefront.catalogue.texts import clean_description
from storefront.claims.marking import Marked, marks_in
from storefront.claims.models import Answer
from storefront.claims.promising import Untrue, untrue_in
from storefront.claims.queries import Decided, Standing, categories, standing_marks, the_lexicon
from storefront.claims.subjects import Said
from storefront.content.claimed import KIND as POST
from storefront.content.claimed import parts as post_parts
from storefront.content.models import PostFormat
from storefront.content.steps import written_of
from storefront.content.texts import PostTexts
from storefront.staff.frame import may_open
from storefront.staff.goods_words import Tag
from storefront.web.text import moment_text

# More are not listed while somebody writes: the text is to be split anyway.
MOST_LISTED = 100

ANSWERS: Mapping[Answer, object] = {
    Answer.SOURCE: _l("Source given"),
    Answer.ACCEPT: _l("Accepted"),
    Answer.RECALL: _l("Taken back"),
}
FIELDS: Mapping[str, object] = {
    "title": _l("Title"),
    "subtitle": _l("Subtitle"),
    "summary": _l("Summary"),
    "body": _l("Text"),
    "cover": _l("Words of the cover"),
    "picture": _l("Words of a picture"),
    "description": _l("Description"),
    "seo_title": _l("Title for search engines"),
    "seo_description": _l("Description for search engines"),
}
# Where a kind of text is changed: endpoint and the name of its id there.
_PAGES = {POST: ("staff.post", "post_id"), PRODUCT: ("staff.product", "product_id")}


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A marked phrase; `html` is its sentence with the words marked, `url` its own page or ""."""

    words: str
    html: Markup
    category: str
    field: str
    url: str
    state: Tag
    about: str = ""
    about_url: str = ""
    is_public: bool = False
    at: str = ""


@dataclass(frozen=True, slots=True)
class MarksShown:
    """The marks of a text while it is written; `said` is their number in words. `untrue` are the sentences that
    promise what the policy in force does not keep."""

    rows: tuple[MarkRow, ...]
    said: str
    open: int
    untrue: tuple[Markup, ...] = ()


def _post_parts(typed: Mapping[str, str], post_id: int | None) -> tuple[Said, ...]:
    texts = PostTexts(typed["title"], summary=typed["summary"], body=typed["body"]).tidied()
    form, alt = written_of(post_id) if post_id else (PostFormat.MARKDOWN, "")
    return post_parts(title=texts.title, summary=texts.summary, body=texts.body, form=form, alt=alt)


def _product_parts(typed: Mapping[str, str], product_id: int | None) -> tuple[Said, ...]:
    return product_parts(
        title=" ".join(typed["title"].split()),
        subtitle=typed["subtitle"],
        description_html=clean_description(typed["description"]),
        seo_title=typed["seo_title"],
        seo_description=typed["seo_description"],
        alts=alts_of([product_id])[product_id] if product_id else (),
    )


# By kind: the fields a text is typed in, and how they become what is kept.
WRITTEN: Mapping[str, tuple[tuple[str, ...], Callable[[Mapping[str, str], int | None], tuple[Said, ...]]]] = {
    POST: (("title", "summary", "body"), _post_parts),
    PRODUCT: (("title", "subtitle", "description", "seo_title", "seo_description"), _product_parts),
}


def marks_typed(kind: str, subject_id: int | None, typed: Mapping[str, Any]) -> MarksShown:
    """The marks of a text as it is typed, what is decided about those that stand already, and what in it is not true.
    Up to six statements."""
    names, as_kept = WRITTEN[kind]
    parts = as_kept({name: str(typed.get(name) or "") for name in names}, subject_id)
    found = {each.digest: each for each in reversed(marks_in(parts, the_lexicon(), most=MOST_LISTED))}
    standing = standing_marks(kind, subject_id) if subject_id else {}
    titles = {each.id: each.title for each in categories()}
    rows = tuple(_typed(each, standing.get(each.digest), titles) for each in reversed(found.values()))
    answered = {digest for digest, row in standing.items() if row.answer}
    still_open = sum(digest not in answered for digest in found)
    untrue = untrue_in(parts, product=str(typed.get("slug") or "") if kind == PRODUCT else "")
    said = tuple(sentence_html(each.sentence, each.words) for each in untrue)
    return MarksShown(rows, _counted(len(rows), still_open), still_open, said)


def _counted(marked: int, still_open: int) -> str:
    if not marked:
        return _("Nothing is marked.")
    return _("%(marked)s marked, %(open)s of them open.", marked=marked, open=still_open)


def _typed(mark: Marked, standing: Any, titles: Mapping[int, str]) -> MarkRow:
    return MarkRow(
        words=mark.words,
        html=sentence_html(mark.sentence, mark.words),
        category=titles.get(mark.category_id, ""),
        field=str(FIELDS.get(mark.field, mark.field)),
        url=url_for("staff.claim", mark_id=standing.id) if standing else "",
        state=_state(standing.answer) if standing else Tag(_("Not saved yet"), "wash"),
    )


def stood(found: Standing) -> MarkRow:
    """A mark as it stands."""
    mark = found.mark
    return MarkRow(
        words=mark.words,
        html=sentence_html(mark.sentence, mark.words),
        category=found.category,
        field=str(FIELDS.get(mark.field, mark.field)),
        url=url_for("staff.claim", mark_id=mark.id),
        state=_state(found.decision.answer if found.decision else None),
        about=found.text.title if found.text else "",
        about_url=text_url(mark.subject_kind, mark.subject_id),
        is_public=found.text is not None and found.text.is_public,
        at=moment_text(mark.at, "short"),
    )


def text_url(kind: str, subject_id: int) -> str:
    """Where a text is changed; empty for whom may not see it."""
    endpoint, name = _PAGES.get(kind, ("", ""))
    return url_for(endpoint, **{name: subject_id}) if endpoint and may_open(endpoint) else ""  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class UntrueRow:
    """A public text that states what a policy does not keep; `url` is where it is changed, or ""."""

    title: str
    url: str
    html: Markup


def untrue_rows(found: Iterable[Untrue]) -> list[UntrueRow]:
    """Texts with what they state, as they are printed."""
    return [
        UntrueRow(
            each.text.title, text_url(each.text.kind, each.text.id), sentence_html(each.sentence, each.words)
        )
        for each in found
    ]


def _state(answer: str | None) -> Tag:
    return Tag(str(ANSWERS[Answer(answer)]), "good") if answer else Tag(_("Open"), "marker")


def sentence_html(sentence: str, words: str) -> Markup:
    """A sentence with the words marked in it."""
    before, found, after = sentence.partition(words)
    return (
        escape(before) + Markup("<mark>{}</mark>").format(found) + escape(after)
        if found
        else escape(sentence)
    )


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """A decision of the record."""

    id: int
    answer: str
    html: Markup
    category: str
    reason: str
    source_title: str
    source_url: str
    who: str
    at: str
    about: str
    about_url: str


def decided(found: Iterable[Decided], names: Mapping[str, str]) -> list[DecidedRow]:
    """Decisions as they are printed; `names` are people's by id."""
    return [_decided(each, names) for each in found]


def _decided(found: Decided, names: Mapping[str, str]) -> DecidedRow:
    made = found.decision
    kind = {POST: _("Post"), PRODUCT: _("Product")}.get(made.subject_kind, made.subject_kind)
    return DecidedRow(
        id=made.id,
        answer=str(ANSWERS[Answer(made.answer)]),
        html=sentence_html(made.sentence, made.words),
        category=made.category,
        reason=found.reason,
        source_title=made.source_title,
        source_url=made.source_url,
        who=names.get(made.actor_id or "", "") or _("The shop itself"),
        at=moment_text(made.at, "short"),
        about=f"{kind} {made.subject_id}",
        about_url=text_url(made.subject_kind, made.subject_id),
    )
