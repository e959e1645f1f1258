"""Who wrote a marked sentence: whoever brought it into the text, however long ago, and whose name stands above it."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.accounts.models import Customer
from storefront.catalogue import actions as goods
from storefront.catalogue import editing
from storefront.catalogue.models import ProductState
from storefront.catalogue.stale import fingerprint
from storefront.claims import actions as claims
from storefront.claims import deciding
from storefront.claims.models import Answer, ClaimMark, Endings
from storefront.claims.queries import categories, decisions
from storefront.content import actions, desk, steps
from storefront.content.models import Author
from storefront.database import session, transaction
from storefront.errors import Refused
from tests.builders.accounts import a_staff_member
from tests.builders.catalogue import a_product, the_product
from tests.builders.claims import SECOND, a_claim, the_mark
from tests.builders.content import EDITOR, a_post, an_author, seen, the_post

THIRD = ("staff", 3)
SPLENDID = "A splendid day."


def rewrite(post_id: int, *, by: tuple[str, object] = EDITOR, **said: Any) -> None:
    texts = replace(steps.texts_of(the_post(post_id)), **said)
    actions.change_post(post_id, texts, seen=seen(post_id), by=by)


def mark_splendid() -> None:
    claims.add_phrase(categories()[0].id, "splendid", Endings.EXACT, harmless=False, by=THIRD)


def refuses(mark: ClaimMark, by: tuple[str, object]) -> bool:
    """Whether somebody may not accept a mark; it stays as it is."""
    try:
        with transaction():
            deciding.accept(mark.id, "I say so.", by=by)
            raise Undone
    except Undone:
        return False
    except Refused as refusal:
        return "second person" in refusal.message


class Undone(Exception):
    """Nothing of it is kept."""


@pytest.mark.parametrize("way", ["looked at again", "saved before that"])
def test_a_phrase_added_later_is_of_who_wrote_it_then(inside: Flask, way: str) -> None:
    post_id = a_post(published=False, body=SPLENDID).id
    rewrite(post_id, body=f"{SPLENDID} It rained.", by=SECOND)
    mark_splendid()

    if way == "looked at again":
        claims.look_again(kind="post", after=0)
    else:
        rewrite(post_id, title="Another", by=THIRD)

    mark = the_mark(post_id)
    assert [refuses(mark, each) for each in (EDITOR, SECOND, THIRD)] == [True, False, False]


def test_everybody_who_brought_it_in_is_its_writer(inside: Flask) -> None:
    post_id = a_post(published=False, body=SPLENDID).id
    rewrite(post_id, body="Nothing.", by=THIRD)
    rewrite(post_id, body=SPLENDID, by=SECOND)
    mark_splendid()

    claims.look_again(kind="post", after=0)

    assert [refuses(the_mark(post_id), each) for each in (EDITOR, SECOND, THIRD)] == [True, True, False]


def test_who_saved_before_the_oldest_version_that_is_read_counts_as_its_writer(
    inside: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storefront.content import claimed

    monkeypatch.setattr(claimed, "MOST_READ", 2)
    post_id = a_post(published=False, body=SPLENDID).id
    for number in range(3):
        rewrite(post_id, title=f"Title {number}", by=SECOND)
    rewrite(post_id, title="Title", by=THIRD)
    mark_splendid()

    claims.look_again(kind="post", after=0)

    assert [refuses(the_mark(post_id), each) for each in (EDITOR, SECOND, THIRD)] == [True, True, False]


def test_of_goods_too_who_wrote_it_then_does_not_accept_it(inside: Flask) -> None:
    product = a_product("tea", state=ProductState.DRAFT)

    def describe(description: str, by: tuple[str, object]) -> None:
        texts = editing.texts_of(the_product("tea"))
        changed = replace(texts, description=description)
        goods.change_texts(product.id, changed, seen=fingerprint(texts), by=by)

    describe(f"<p>{SPLENDID}</p>", EDITOR)
    describe(f"<p>{SPLENDID} It rained.</p>", SECOND)
    mark_splendid()
    claims.look_again(kind="product", after=0)

    mark = the_mark(product.id, "product")
    assert [refuses(mark, each) for each in (EDITOR, SECOND, THIRD)] == [True, False, False]


def test_who_added_goods_wrote_what_they_said_first(inside: Flask) -> None:
    texts = replace(editing.texts_of(a_product("kit")), slug="tea", title="Tea")
    with transaction():
        made = editing.add_draft(replace(texts, description=f"<p>{SPLENDID}</p>"), by=EDITOR)
    stands = editing.texts_of(the_product("tea"))
    goods.change_texts(made, replace(stands, subtitle="A leaf"), seen=fingerprint(stands), by=SECOND)
    mark_splendid()

    claims.look_again(kind="product", after=0)

    mark = the_mark(made, "product")
    assert [refuses(mark, each) for each in (EDITOR, SECOND)] == [True, False]


def a_writer() -> Customer:
    """Somebody who works here and is none of those named above."""
    while (person := a_staff_member(role="content")).id in {EDITOR[1], SECOND[1], THIRD[1]}:
        pass
    return person


def an_author_with_account(slug: str) -> tuple[int, tuple[str, object]]:
    """An author, and whom their account makes them."""
    author_id, person = an_author(slug.title(), slug=slug), a_writer()
    with transaction() as current:
        current.execute(sa.update(Author).where(Author.id == author_id).values(customer_id=person.id))
    return author_id, ("staff", person.id)


def test_under_whose_name_a_text_comes_to_stand_does_not_accept_what_it_states(inside: Flask) -> None:
    mark = a_claim()
    nell, as_nell = an_author_with_account("nell")
    omar, as_omar = an_author_with_account("omar")

    rewrite(mark.subject_id, author_id=nell)
    rewrite(mark.subject_id, author_id=omar)

    found = the_mark(mark.subject_id)
    assert found.id == mark.id
    assert [refuses(found, each) for each in (as_nell, as_omar, SECOND)] == [True, True, False]


def test_what_they_accepted_before_is_open_again(inside: Flask) -> None:
    mark = a_claim()
    nell, as_nell = an_author_with_account("nell")
    claims.accept(mark.id, "It is about hams.", by=as_nell)

    rewrite(mark.subject_id, author_id=nell)

    assert the_mark(mark.subject_id).decision_id is None
    assert [(each.decision.answer, bool(each.reason)) for each in decisions()] == [
        (Answer.RECALL, True),
        (Answer.ACCEPT, True),
    ]
    with pytest.raises(Refused, match="“cures”"):
        actions.publish(mark.subject_id, by=EDITOR)


def test_an_author_who_gets_an_account_later_does_not_accept_what_stands_under_their_name(
    inside: Flask,
) -> None:
    mark, person = a_claim(), a_writer()
    author_id, as_author = an_author(), ("staff", person.id)
    texts = desk.author_desk(author_id).texts
    tied, seen_now = replace(texts, account=person.email), fingerprint(texts)

    actions.change_author(author_id, tied, seen=seen_now, by=EDITOR)
    at_once = refuses(mark, as_author)
    claims.look_again(kind="post", after=0)
    actions.change_author(author_id, texts, seen=fingerprint(desk.author_desk(author_id).texts), by=EDITOR)

    assert at_once
    assert session().get_one(Author, author_id).customer_id is None
    assert refuses(mark, as_author)
