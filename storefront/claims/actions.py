"""What is decided about marks, and what staff change in the lexicon, each in one transaction of its own.

Knows the lexicon; what a decision asks for is in `deciding`.
"""

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront import audit, jobs
from storefront.claims import deciding
from storefront.claims.lexicon import MOST_WORDS, SHORTEST, tidy_phrase
from storefront.claims.models import (
    LONGEST_PHRASE,
    ClaimCategory,
    ClaimPhrase,
    Endings,
)
from storefront.claims.steps import look_at_all
from storefront.claims.subjects import kinds
from storefront.claims.words import LOOK_JOB, code_of, look_again_later
from storefront.database import insert_ignore, lock, transaction
from storefront.errors import NotFound, Refused

Actor = tuple[str, object | None]

LONGEST_DISCLAIMER = 400
# So many texts are looked at in one transaction: nobody who saves one of them waits for long.
_BATCH = 50


def substantiate(mark_id: int, url: str, title: str, *, by: Actor) -> None:
    """Give the source that bears a marked phrase out; it is listed under the text. Raises Refused."""
    with transaction():
        deciding.substantiate(mark_id, url, title, by=by)


def accept(mark_id: int, reason: str, *, by: Actor) -> None:
    """Answer for a marked phrase, as a second person. Raises Refused, also where it was they who wrote it."""
    with transaction():
        deciding.accept(mark_id, reason, by=by)


def recall(mark_id: int, reason: str, *, by: Actor) -> None:
    """Take back what was decided about a phrase: it is open again. Raises Refused."""
    with transaction():
        deciding.recall(mark_id, reason, by=by)


def add_category(title: str, *, by: Actor) -> int:
    """Add a category without phrases; its id. Raises Refused."""
    title = _checked_title(title)
    with transaction() as current:
        last = current.scalar(sa.select(sa.func.max(ClaimCategory.position)))
        row = {"code": code_of(title), "title": title, "disclaimer": "", "is_on": True}
        if not insert_ignore(ClaimCategory, row | {"position": (last or 0) + 1}, unique=("code",)):
            raise Refused(_("Another category is called so."), field="title")
        made = current.scalars(sa.select(ClaimCategory.id).where(ClaimCategory.code == row["code"])).one()
        audit.record(
            "lexicon.category_added", subject=("claim_category", made), actor=by, code=code_of(title)
        )
        return int(made)


def change_category(category_id: int, title: str, disclaimer: str, *, is_on: bool, by: Actor) -> bool:
    """Save what is said of a category and whether it counts; whether anything changed. Raises NotFound, Refused."""
    title, disclaimer = _checked_title(title), " ".join(disclaimer.split())
    if len(disclaimer) > LONGEST_DISCLAIMER:
        raise Refused(_("At most %(longest)s characters.", longest=LONGEST_DISCLAIMER), field="disclaimer")
    with transaction():
        category = _category(category_id)
        wanted = {"title": title, "disclaimer": disclaimer, "is_on": is_on}
        changes = {
            name: (getattr(category, name), value)
            for name, value in wanted.items()
            if getattr(category, name) != value
        }
        if not changes:
            return False
        for name, value in wanted.items():
            setattr(category, name, value)
        audit.record("lexicon.category", subject=("claim_category", category_id), actor=by, detail=changes)
        if "is_on" in changes:
            look_again_later()
        return True


def add_phrase(category_id: int, text: str, endings: Endings, *, harmless: bool, by: Actor) -> None:
    """Add a phrase, or switch one on that is there with these rules. Raises NotFound and Refused."""
    text = tidy_phrase(text)
    _check_phrase(text)
    rules = {"endings": endings, "is_harmless": harmless, "is_on": True}
    with transaction() as current:
        _category(category_id)
        key = {"category_id": category_id, "text": text}
        if not insert_ignore(ClaimPhrase, key | rules, unique=tuple(key)):
            current.execute(sa.update(ClaimPhrase).filter_by(**key).values(**rules))
        audit.record(
            "lexicon.phrase_on",
            subject=("claim_category", category_id),
            actor=by,
            detail={"phrase": (None, text), "endings": (None, endings), "harmless": (None, harmless)},
        )
        look_again_later()


def switch_phrase(phrase_id: int, *, on: bool, by: Actor) -> None:
    """Let a phrase count or not; run twice, it changes nothing. Raises NotFound."""
    with transaction():
        phrase: ClaimPhrase | None = lock(ClaimPhrase, phrase_id)
        if phrase is None:
            raise NotFound()
        if phrase.is_on == on:
            return
        phrase.is_on = on
        audit.record(
            "lexicon.phrase_on" if on else "lexicon.phrase_off",
            subject=("claim_category", phrase.category_id),
            actor=by,
            detail={"phrase": (None, phrase.text) if on else (phrase.text, None)},
        )
        look_again_later()


def _category(category_id: int) -> ClaimCategory:
    category: ClaimCategory | None = lock(ClaimCategory, category_id)
    if category is None:
        raise NotFound()
    return category


def _checked_title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= 80 or not title.isprintable() or not code_of(title):
        raise Refused(_("A name of 1 to %(most)s characters is wanted.", most=80), field="title")
    return title


def _check_phrase(text: str) -> None:
    if len(text) > LONGEST_PHRASE or len(text.split()) > MOST_WORDS:
        message = _(
            "At most %(words)s words and %(letters)s letters.", words=MOST_WORDS, letters=LONGEST_PHRASE
        )
        raise Refused(message, field="text")
    if len(text.replace(" ", "")) < SHORTEST:
        raise Refused(_("A phrase needs %(least)s letters or digits.", least=SHORTEST), field="text")


@jobs.handler(LOOK_JOB)
def look_again(*, kind: str, after: int) -> None:
    """Mark some texts anew after the lexicon was changed, and leave those behind them to another job."""
    how = kinds()[kind]
    with transaction():
        ids = how.after(after, _BATCH)
        look_at_all(list(how.hold(ids).values()) if ids else [])
        if len(ids) == _BATCH:
            jobs.enqueue(LOOK_JOB, {"kind": kind, "after": ids[-1]})
