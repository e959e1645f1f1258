"""The words that an order is found by: e-mail, names, places, article and tracking numbers, and what staff noted.

Knows how a word is written down and looked up, alike on both engines; refuses to know who looks for it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storefront.database import BigId, BriefInstant, db, inserting, require_transaction, write
from storefront.orders.models import Order, OrderLine, OrderNote
from storefront.orders.parcels import Shipment

LONGEST_WORD = 64
# Of one order: a novel among the notes must not fill the table.
MOST_WORDS = 400
# A shorter word is looked for whole: every third order has a word that begins with “a”.
SHORTEST_BEGINNING = 3

# What an address says about people and places; the rest of it nobody searches.
_PARTS_OF_ADDRESS = ("name", "company_name", "city", "postal_code")
_PIECES = re.compile(r"[^\W_]+")
_ENDS = ".,;:!?()[]{}<>\"'“”„‘’«»*#"

# Compared byte by byte, so that all words with one beginning stand together.
_Word = sa.String(LONGEST_WORD).with_variant(sa.String(LONGEST_WORD, collation="C"), "postgresql")


class OrderWord(db.Model):
    """A word of an order, with what the list of orders stands by, which never changes: so that the words alone tell
    which orders come first. Rows are what the order says, again: they may be thrown away and written anew."""

    __tablename__ = "order_word"
    __table_args__ = (
        sa.Index("ix_order_word_word", "word", "placed_at", "order_id", "total_minor"),
        # The row is its key: one tree instead of two.
        {"sqlite_with_rowid": False},
    )

    order_id: Mapped[int] = mapped_column(
        BigId, sa.ForeignKey("orders.id"), primary_key=True, autoincrement=False
    )
    word: Mapped[str] = mapped_column(_Word, primary_key=True)
    placed_at: Mapped[datetime] = mapped_column(BriefInstant)
    total_minor: Mapped[int] = mapped_column(sa.BigInteger)


def spelled(text: str) -> str:
    """A word as it is kept: without capitals, accents and the punctuation around it, and not endless."""
    apart = unicodedata.normalize("NFKD", text[: 4 * LONGEST_WORD]).casefold()
    plain = "".join(each for each in apart if not unicodedata.combining(each) and each.isprintable())
    return plain.strip(_ENDS)[:LONGEST_WORD]


def words_of(text: str) -> Iterator[str]:
    """The words of a text: each as it stands between spaces, and its pieces: `Jean-Luc` is found by `luc` too."""
    for chunk in text.split():
        whole = spelled(chunk)
        yield whole
        pieces = [piece for piece in _PIECES.findall(whole) if len(piece) > 1]
        if pieces != [whole]:
            yield from pieces


def words_of_email(address: str) -> Iterator[str]:
    """The words of an e-mail address: whole, its domain, and the pieces of the name before it."""
    name, _at, domain = spelled(address).rpartition("@")
    yield spelled(address)
    yield domain
    yield from (piece for piece in _PIECES.findall(name) if len(piece) > 1)


def words_of_order(
    *,
    email: str,
    addresses: Iterable[Mapping[str, Any]],
    codes: Iterable[str | None],
    notes: Iterable[str | None] = (),
) -> set[str]:
    """Every word that an order with these contents is found by; `codes` are numbers of articles and parcels."""
    found: dict[str, None] = dict.fromkeys(words_of_email(email))
    for address in addresses:
        for part in _PARTS_OF_ADDRESS:
            found |= dict.fromkeys(words_of(str(address.get(part) or "")))
    found |= {spelled(code.replace(" ", "")): None for code in codes if code}
    for note in notes:
        found |= dict.fromkeys(words_of(note or ""))
    found.pop("", None)
    return set(list(found)[:MOST_WORDS])


def beginning(word: str) -> tuple[str, str]:
    """The first and last word, both included, that a typed word stands for: all that begin with it."""
    if len(word) < SHORTEST_BEGINNING:
        return word, word
    return word, word + "\U0010ffff"


def add_words(order_id: int, words: Iterable[str], *, placed_at: datetime, total_minor: int) -> None:
    """Write words of an order down that it did not have. A step, under the order's lock."""
    stands_by = {"order_id": order_id, "placed_at": placed_at, "total_minor": total_minor}
    rows = [{"word": word, **stands_by} for word in sorted(words)]
    if rows:
        write(_ADD_WORDS, rows)


_ADD_WORDS = inserting(OrderWord, "word", "order_id", "placed_at", "total_minor")


def index_order(order_id: int) -> None:
    """Make the order's words true to what it says now: after its contact, address or notes were changed, or
    erased. A step, under the order's lock."""
    current = require_transaction()
    current.flush()
    kept = set(current.scalars(sa.select(OrderWord.word).where(OrderWord.order_id == order_id)))
    words = _words_now(order_id)
    gone = sorted(kept - words)
    if gone:
        current.execute(sa.delete(OrderWord).where(OrderWord.order_id == order_id, OrderWord.word.in_(gone)))
    stands_by = sa.select(Order.placed_at, Order.total_minor).where(Order.id == order_id)
    placed_at, total_minor = current.execute(stands_by).one()
    add_words(order_id, words - kept, placed_at=placed_at, total_minor=total_minor)


def _words_now(order_id: int) -> set[str]:
    current = require_transaction()
    says = sa.select(Order.email, Order.delivery, Order.billing).where(Order.id == order_id)
    email, delivery, billing = current.execute(says).one()
    skus = current.scalars(sa.select(OrderLine.sku).where(OrderLine.order_id == order_id)).all()
    tracking = current.scalars(sa.select(Shipment.tracking_number).where(Shipment.order_id == order_id)).all()
    notes = current.scalars(sa.select(OrderNote.text).where(OrderNote.order_id == order_id)).all()
    return words_of_order(email=email, addresses=(delivery, billing), codes=(*skus, *tracking), notes=notes)
