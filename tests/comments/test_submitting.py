"""Taking in a comment: what is held, folded, refused and set aside."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.comments.actions import submit_comment
from storefront.comments.models import Comment, CommentState, Decision
from storefront.database import session
from storefront.errors import NotFound, Refused
from tests.books import mails
from tests.builders.accounts import a_customer, a_staff_member
from tests.builders.comments import ABSENT, DRAFT, KIND, LONG, a_comment, the_comment, words

Make = Callable[..., Flask]


def test_a_comment_is_held_until_a_person_has_read_it(inside: Flask) -> None:
    made = a_comment(text="Does it mind the cold?")

    assert made.state == CommentState.HELD
    assert made.flags == ""


def test_the_same_words_from_the_same_person_are_one_comment(inside: Flask) -> None:
    first = a_comment(email="Oskar@Example.org", text="Still worth it.")
    again = a_comment(email="oskar@example.org", text="  still WORTH it!! ", name="O.")

    assert again.id == first.id
    assert session().scalar(sa.select(sa.func.count(Comment.id))) == 1


def test_the_same_person_may_say_the_same_about_something_else(inside: Flask) -> None:
    first = a_comment(on=1, email="oskar@example.org", text="Lovely.")
    other = a_comment(on=2, email="oskar@example.org", text="Lovely.")

    assert other.id != first.id


def test_long_words_said_before_under_another_name_are_held_beside_the_first(inside: Flask) -> None:
    first = a_comment(text=LONG)
    copy = a_comment(name="Lene", text=LONG.upper().replace("window", "door") + "!!!", on=2)
    copy_of_copy = a_comment(name="Ina", text=LONG)

    assert (copy.original_id, copy_of_copy.original_id) == (first.id, first.id)
    assert copy.flags == "copy"


def test_short_courtesies_are_nobodys_copy(inside: Flask) -> None:
    a_comment(text="Thank you, this was a good read!")
    second = a_comment(text="Thank you, this was a good read!")

    assert second.original_id is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u202e\u200b "}, "name"),
        ({"name": "a" * 81}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b\r\nBcc: c@d"}, "email"),
        ({"text": " \n\t "}, "text"),
        ({"text": "a" * 5001}, "text"),
        ({"text": "http://a.example http://b.example www.c.example"}, "text"),
    ],
)
def test_what_cannot_be_taken_is_refused_beside_its_field(
    inside: Flask, typed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        a_comment(**typed)

    assert refusal.value.field == field


@pytest.mark.parametrize("subject_id", [DRAFT, ABSENT, 0, -1, 2**63])
def test_nobody_comments_on_what_nobody_may_read(inside: Flask, subject_id: int) -> None:
    with pytest.raises(NotFound):
        a_comment(on=subject_id)


def test_a_kind_that_has_no_comments_takes_none(inside: Flask) -> None:
    with pytest.raises(NotFound):
        submit_comment("invoice", 1, words())


def test_a_reply_stands_beneath_the_first_of_its_thread(inside: Flask) -> None:
    root = a_comment(published=True)
    reply = a_comment(parent_id=root.id, published=True)
    reply_to_reply = a_comment(parent_id=reply.id)

    assert (reply.parent_id, reply_to_reply.parent_id) == (root.id, root.id)


@pytest.mark.parametrize("parent", ["held", "elsewhere", "absent"])
def test_only_what_can_be_read_there_is_answered(inside: Flask, parent: str) -> None:
    ids = {"held": a_comment().id, "elsewhere": a_comment(on=2, published=True).id, "absent": 2**62}

    with pytest.raises(Refused, match="not here any more"):
        a_comment(parent_id=ids[parent])


def test_what_fills_in_the_hidden_field_is_set_aside_and_written_to_nobody(inside: Flask) -> None:
    made = a_comment(trap="http://spam.example")

    assert made.state == CommentState.SPAM
    assert session().scalars(sa.select(Decision.reason)).all() == ["trap"]
    assert mails() == []


def test_what_stands_in_the_block_list_is_set_aside(make_app: Make) -> None:
    with make_app(comment_block_list="cheap watches,casino").app_context():
        made = a_comment(text="Buy Cheap Watches now")

        assert (made.state, made.flags) == (CommentState.SPAM, "blocked")


@pytest.mark.parametrize(
    "name",
    [
        *("Iris Weller", "Іrіs Wеllеr", "lris VVeller", "ＩＲＩＳ weller", "Í r i s Weller", "ꓲꓣꓲꓢ ᴡᴇʟʟᴇʀ"),
        *("𝐈𝐫𝐢𝐬 Weller", "The 1ri$ Wel1er", "Iris Weller (support)", "Team of Іris-Weller"),
    ],
)
def test_a_name_that_looks_like_one_of_the_staffs_is_noticed(inside: Flask, name: str) -> None:
    a_staff_member(name="Iris Weller")

    assert a_comment(name=name).flags == "namesake"


def test_a_name_with_the_shops_in_it_is_noticed(make_app: Make) -> None:
    with make_app(shop_name="Cap & Kettle").app_context():
        assert a_comment(name="Cар & Kettle support").flags == "namesake"
        assert a_comment(name="Kettle").flags == ""


@pytest.mark.parametrize("name", ["Iris", "Weller, Iris", "Iris Wellershoff", "Miriss Weller"])
def test_a_name_that_only_shares_a_word_with_one_of_the_staffs_is_not(inside: Flask, name: str) -> None:
    a_staff_member(name="Iris Weller")

    assert a_comment(name=name).flags == ""


def test_whoever_works_here_is_marked_on_what_they_write(inside: Flask) -> None:
    iris = a_staff_member(name="Iris Weller")
    mara = a_customer()

    assert a_comment(name="Iris Weller", email=iris.email, customer_id=iris.id).insider == "staff"
    assert a_comment(email=mara.email, customer_id=mara.id).insider == ""


def test_by_setting_a_known_customer_is_published_at_once(make_app: Make) -> None:
    with make_app(comments_trust_known="yes").app_context():
        mara = a_customer()
        known: dict[str, Any] = {"email": mara.email, "customer_id": mara.id}
        first = a_comment(published=True, **known)
        second = a_comment(**known)
        as_a_guest = a_comment(email=mara.email)
        with_a_link = a_comment(text="See http://a.example", **known)

        assert first.state == second.state == CommentState.PUBLISHED
        assert as_a_guest.state == with_a_link.state == CommentState.HELD


def test_without_the_setting_a_known_customer_is_held_too(inside: Flask) -> None:
    mara = a_customer()
    a_comment(published=True, email=mara.email, customer_id=mara.id)

    assert a_comment(email=mara.email, customer_id=mara.id).state == CommentState.HELD


def test_one_mailbox_is_written_to_three_times_an_hour_at_most(inside: Flask) -> None:
    for _time in range(5):
        a_comment(email="victim@example.org")

    assert len(mails()) == 3


def test_letters_that_turn_or_hide_or_pile_up_are_left_out(inside: Flask) -> None:
    made = the_comment(a_comment(name="Gre\u202eta\u0000", text="a" + "\u0301" * 40 + "\u200b b\u0007").id)

    assert made.name == "Greta"
    assert len(made.text) < 10


def test_a_kind_is_what_it_is_called(inside: Flask) -> None:
    assert a_comment().subject_kind == KIND
