"""Authors and tags are renamed: what led to the old name leads to the new one, and two editors lose nothing."""

from dataclasses import replace

import pytest
from flask import Flask

from storefront.catalogue.stale import Stale, fingerprint
from storefront.content import actions, desk, naming
from storefront.content.models import Author
from storefront.content.naming import AuthorTexts, TagTexts
from storefront.content.steps import texts_of
from storefront.database import session
from storefront.errors import Refused
from storefront.privacy.actions import erase_person
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.cart import a_policy
from tests.builders.content import EDITOR, a_post, an_author, the_post
from tests.client import ShopClient
from tests.staff.goods import send


def the_tag(title: str) -> int:
    return next(row.id for row in naming.tags() if row.title == title)


def rename(title: str, to: str) -> None:
    seen = fingerprint(TagTexts(title))
    actions.rename_tag(the_tag(title), TagTexts(to), seen=seen, by=EDITOR)


def test_a_renamed_author_is_found_under_the_old_address(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        a_post()
        author_id = an_author()
        seen = fingerprint(desk.author_desk(author_id).texts)
        actions.change_author(author_id, AuthorTexts("Jo Reuter", "", "Grows."), seen=seen, by=EDITOR)

    moved, feed = client.get("/authors/jonna-reuter"), client.get("/authors/jonna-reuter/feed.xml")

    assert (moved.status_code, moved.headers["Location"]) == (301, "/authors/jo-reuter")
    assert (feed.status_code, feed.headers["Location"]) == (301, "/authors/jo-reuter/feed.xml")
    assert "Grows." in client.get("/authors/jo-reuter").text


def test_a_renamed_tag_is_found_under_the_old_address_and_title(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        a_post(tags=("Growing",))
        rename("Growing", "At home")
        again = a_post(tags=("Growing",))

        assert texts_of(the_post(again.id)).tags == ("At home",)
    moved = client.get("/blog/tags/growing")

    assert (moved.status_code, moved.headers["Location"]) == (301, "/blog/tags/at-home")
    assert client.get("/blog/tags/at-home").status_code == 200


def test_names_go_back_and_forth(app: Flask, client: ShopClient) -> None:
    with app.app_context():
        a_policy()
        a_post(tags=("Growing",))
        rename("Growing", "At home")
        rename("At home", "Growing")

    assert client.get("/blog/tags/growing").status_code == 200
    assert client.get("/blog/tags/at-home").headers["Location"] == "/blog/tags/growing"


def test_no_two_are_called_the_same(app: Flask) -> None:
    with app.app_context():
        a_post(tags=("Growing", "Tea"))
        an_author("Somebody", slug="somebody")
        seen = fingerprint(desk.author_desk(an_author()).texts)

        with pytest.raises(Refused):
            rename("Growing", "Tea")
        with pytest.raises(Refused):
            actions.change_author(an_author(), AuthorTexts("Somebody", "", ""), seen=seen, by=EDITOR)


def test_who_saves_over_somebody_else_is_refused(app: Flask) -> None:
    with app.app_context():
        author_id = an_author()
        seen = fingerprint(desk.author_desk(author_id).texts)
        actions.change_author(author_id, AuthorTexts("Jo", "", ""), seen=seen, by=EDITOR)

        with pytest.raises(Stale):
            actions.change_author(author_id, AuthorTexts("Jonna", "", ""), seen=seen, by=EDITOR)


def test_staff_rename_by_their_pages(app: Flask) -> None:
    with app.app_context():
        a_policy()
        a_post(tags=("Growing",))
        author_id, tag_id, person = an_author(), the_tag("Growing"), a_staff_member(role="content").id
    editor = signed_in(app, person)

    assert send(editor, f"/staff/posts/authors/{author_id}", name="Jo", bio="Grows.").status_code == 303
    assert send(editor, f"/staff/posts/tags/{tag_id}", title=" ").status_code == 400
    assert send(editor, f"/staff/posts/tags/{tag_id}", title="At home").status_code == 303

    assert "At home" in editor.get("/staff/posts/tags").text
    assert "Grows." in editor.get("/staff/posts/authors").text


def tie(author_id: int, account: str) -> None:
    stands = desk.author_desk(author_id).texts
    actions.change_author(author_id, replace(stands, account=account), seen=fingerprint(stands), by=EDITOR)


def account_of(author_id: int) -> int | None:
    return session().get_one(Author, author_id, populate_existing=True).customer_id


def test_an_author_has_an_account_of_somebody_and_no_other_author_has_it(app: Flask) -> None:
    with app.app_context():
        author_id, other_id = an_author(), an_author("Nell", slug="nell")
        person = a_customer(email="jonna@example.org")
        tie(author_id, " Jonna@Example.org ")

        with pytest.raises(Refused, match="Another author"):
            tie(other_id, person.email)
        with pytest.raises(Refused, match="signs in"):
            tie(other_id, "nobody@example.org")

        assert (account_of(author_id), account_of(other_id)) == (person.id, None)
        assert desk.author_desk(author_id).texts.account == person.email
        tie(author_id, "")
        assert account_of(author_id) is None


def test_staff_say_which_account_an_author_has(app: Flask) -> None:
    with app.app_context():
        author_id, person = an_author(), a_staff_member(role="content", email="jonna@example.org")
    editor = signed_in(app, person)
    page = f"/staff/posts/authors/{author_id}"

    refused = send(editor, page, name="Jonna", account="nobody@example.org")
    assert refused.status_code == 400
    assert "Nobody signs in with this address." in refused.text
    assert send(editor, page, name="Jonna", account="jonna@example.org").status_code == 303

    assert 'value="jonna@example.org"' in editor.get(page).text
    with app.app_context():
        assert account_of(author_id) == person.id


def test_who_is_erased_is_no_authors_account_any_more(app: Flask) -> None:
    with app.app_context():
        author_id = an_author()
        tie(author_id, a_customer(email="jonna@example.org").email)

        erase_person("jonna@example.org", by=("staff", 1))

        assert (account_of(author_id), desk.author_desk(author_id).texts.name) == (None, "Jonna Reuter")
