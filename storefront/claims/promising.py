"""Promises kept as rows beside texts, and the gates on both sides: a text may not state what the policy does not
keep, and no policy may break what public texts state. What writes is a step.

Knows rows; refuses to know the policy and where texts are shown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from storefront.claims.models import PromisesHeld, PromiseStated
from storefront.claims.promises import Held, Promise, Promised, is_kept
from storefront.claims.stating import promises_in
from storefront.claims.subjects import Said, Text, texts_by_key
from storefront.database import insert_ignore, require_transaction, session
from storefront.errors import Refused

_ONLY = 1
_NAMED = 5
_MOST_COUNTRIES = 200


@dataclass(frozen=True, slots=True)
class Untrue:
    """A promise of a public text that a policy does not keep."""

    text: Text
    words: str
    sentence: str


class BreaksPromises(Refused):
    """A policy would make false what public texts state; the message has a sentence for each place."""

    def __init__(self, broken: Sequence[Untrue]) -> None:
        named = [
            _(
                "“%(title)s” says: “%(words)s”. It would no longer be true.",
                title=each.text.title,
                words=each.words,
            )
            for each in broken[:_NAMED]
        ]
        rest = len(broken) - _NAMED
        super().__init__("\n".join(named + ([_("And %(num)s more places.", num=rest)] if rest > 0 else [])))
        self.broken = tuple(broken)


def held_now() -> Held | None:
    """What the policy in force keeps; None before the first. One statement."""
    facts = session().scalar(sa.select(PromisesHeld.facts))
    return None if facts is None else Held.from_json(facts)


def note_promises(texts: Sequence[Text]) -> dict[int, list[str]]:
    """Keep what texts of one kind state, which the caller holds; by id, the words of what is not true. One statement
    where they state nothing and did not before."""
    current = require_transaction()
    kind, ids = texts[0].kind, [text.id for text in texts]
    of_these = (PromiseStated.subject_kind == kind) & PromiseStated.subject_id.in_(ids)
    found = current.execute(sa.select(*_COLUMNS).where(of_these)).mappings()
    standing = {_key(row): dict(row) for row in found}
    stated = {text.id: promises_in(text.parts) for text in texts}
    untrue: dict[int, list[str]] = {text.id: [] for text in texts}
    if not standing and not any(stated.values()):
        return untrue
    # Who publishes a policy meanwhile waits, or is waited for: of the two one sees the other.
    held = _locked_held()
    wanted = [_row(text, place, each, held) for text in texts for place, each in enumerate(stated[text.id])]
    if {_key(row): row for row in wanted} != standing:
        current.execute(sa.delete(PromiseStated).where(of_these))
        if wanted:
            current.execute(sa.insert(PromiseStated), wanted)
    for row in wanted:
        if not row["is_kept"]:
            untrue[row["subject_id"]].append(row["words"])
    return untrue


_COLUMNS = tuple(each for each in PromiseStated.__table__.columns if each.name != "id")


def _key(row: Any) -> tuple[int, int]:
    return row["subject_id"], row["place"]


def _locked_held() -> Held | None:
    facts = require_transaction().scalar(sa.select(PromisesHeld.facts).with_for_update())
    return None if facts is None else Held.from_json(facts)


def _row(text: Text, place: int, stated: Promised, held: Held | None) -> dict[str, Any]:
    return {
        "subject_kind": text.kind,
        "subject_id": text.id,
        "place": place,
        "product": text.product,
        "field": stated.field,
        "position": stated.start,
        "promise": stated.promise.value,
        "number": stated.number,
        "is_general": stated.is_general,
        "is_everywhere": stated.is_everywhere,
        "countries": " ".join(stated.places[:_MOST_COUNTRIES]),
        "words": stated.words,
        "sentence": stated.sentence,
        "is_kept": held is None or is_kept(stated, held, product=text.product),
    }


def refuse_untrue(words: Sequence[str], *, field: str | None = None) -> None:
    """Raises Refused where a text states what the policy in force does not keep, and names it."""
    if not words:
        return
    named = ", ".join(f"“{each}”" for each in words[:_NAMED])
    raise Refused(
        _(
            "This is not what the shop's policy says: %(named)s. Change the words, or the policy first.",
            named=named,
        ),
        field=field,
    )


def untrue_in(parts: Iterable[Said], *, product: str = "") -> list[Promised]:
    """What a text states and the policy in force does not keep. One statement where it states anything."""
    stated = promises_in(parts)
    held = held_now() if stated else None
    return [each for each in stated if held and not is_kept(each, held, product=product)]


def those_untrue(texts: Iterable[Text]) -> set[int]:
    """The ids of texts that state what the policy in force does not keep. One statement where any states anything."""
    stated = [(text, each) for text in texts for each in promises_in(text.parts)]
    held = held_now() if stated else None
    return {text.id for text, each in stated if held and not is_kept(each, held, product=text.product)}


def broken_by(held: Held) -> list[Untrue]:
    """What public texts state truly now, and would not under a policy. Two statements, and one for each kind."""
    kept = _rows(PromiseStated.is_kept)
    return _public([row for row in kept if not _keeps(held, row)])


def untrue_now() -> list[Untrue]:
    """What public texts state and the policy in force does not keep. One statement, and one for each kind."""
    return _public(_rows(PromiseStated.is_kept.is_(False)))


def hold(held: Held) -> None:
    """Let a policy's promises count from now on, beside every text that states one. Raises BreaksPromises where a
    public text would no longer be true."""
    current = require_transaction()
    if not insert_ignore(PromisesHeld, {"id": _ONLY, "facts": held.to_json()}, unique=("id",)):
        _locked_held()
        current.execute(sa.update(PromisesHeld).values(facts=held.to_json()))
    if broken := broken_by(held):
        raise BreaksPromises(broken)
    for kept in (True, False):
        changed = [row.id for row in _rows(PromiseStated.is_kept.is_(not kept)) if _keeps(held, row) == kept]
        if changed:
            current.execute(
                sa.update(PromiseStated).where(PromiseStated.id.in_(changed)).values(is_kept=kept)
            )


def hold_first(held: Held) -> bool:
    """As `hold`, for a shop whose policy is older than this check: nothing is refused; whether it was the first."""
    return insert_ignore(PromisesHeld, {"id": _ONLY, "facts": held.to_json()}, unique=("id",))


def _rows(*only: Any) -> Sequence[Any]:
    select = sa.select(PromiseStated.id, *_COLUMNS).where(*only).order_by(PromiseStated.id)
    return session().execute(select).all()


def _keeps(held: Held, row: Any) -> bool:
    stated = Promised(
        field=row.field,
        start=row.position,
        promise=Promise(row.promise),
        number=row.number,
        is_general=row.is_general,
        is_everywhere=row.is_everywhere,
        places=tuple(row.countries.split()),
        words=row.words,
        sentence=row.sentence,
    )
    return is_kept(stated, held, product=row.product)


def _public(rows: Collection[Any]) -> list[Untrue]:
    texts: Mapping[tuple[str, int], Text] = texts_by_key({(row.subject_kind, row.subject_id) for row in rows})
    found = ((texts.get((row.subject_kind, row.subject_id)), row) for row in rows)
    return [
        Untrue(replace(text, parts=()), row.words, row.sentence)
        for text, row in found
        if text and text.is_public
    ]
