"""No public text states what the policy in force does not keep: neither by changing the text nor the policy."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.catalogue import actions as catalogue
from storefront.catalogue.models import ProductState
from storefront.claims import promising
from storefront.claims.models import PromisesHeld, PromiseStated
from storefront.claims.promising import BreaksPromises, untrue_now
from storefront.claims.words import LOOK_JOB
from storefront.content import actions, steps
from storefront.content.models import PostKind, PostState
from storefront.database import session, transaction
from storefront.errors import Refused
from storefront.jobs import Job
from storefront.policies.actions import publish_policy
from storefront.policies.queries import current_policy
from storefront.policies.steps import ensure_held
from tests.builders.accounts import a_staff_member, signed_in
from tests.builders.catalogue import product_facts, the_product
from tests.builders.content import EDITOR, a_post, post_texts, seen, the_post
from tests.claims.test_at_once import at_once
from tests.conftest import NOON
from tests.policies.documents import a_document
from tests.staff.goods import fields, hidden, send

SAYS_60 = "We give 60 days money back."


def a_policy_of(days: int, **promise: Any) -> int:
    return publish_policy(a_document(window_days=days, **promise), author="staff:7", note="")


def stated() -> list[tuple[str, bool]]:
    """The words of every promise kept as a row, and whether it is true."""
    rows = session().execute(sa.select(PromiseStated.words, PromiseStated.is_kept).order_by(PromiseStated.id))
    return [(words, kept) for words, kept in rows]


def test_a_policy_that_makes_a_public_post_false_is_stopped_with_its_place_named(inside: Flask) -> None:
    a_policy_of(60)
    a_post(title="How we pack", body=SAYS_60)
    before = current_policy()

    with pytest.raises(BreaksPromises, match="“How we pack” says: “60 days money back”"):
        a_policy_of(30)

    assert current_policy() == before
    assert stated() == [("60 days money back", True)]


@pytest.mark.parametrize("kind", [PostKind.PAGE, PostKind.POST])
@pytest.mark.parametrize("field", ["title", "summary", "body"])
def test_every_part_of_posts_and_pages_is_held_against_the_policy(
    inside: Flask, kind: PostKind, field: str
) -> None:
    a_policy_of(60)
    said: dict[str, Any] = {field: SAYS_60}
    a_post(kind=kind, **said)

    with pytest.raises(BreaksPromises):
        a_policy_of(30)


@pytest.mark.parametrize("field", ["title", "subtitle", "description"])
def test_every_part_of_goods_is_held_against_the_policy(inside: Flask, field: str) -> None:
    a_policy_of(60)
    catalogue.save_product(replace(product_facts("tea"), **{field: SAYS_60}))  # type: ignore[arg-type]

    with pytest.raises(BreaksPromises):
        a_policy_of(30)


def test_goods_that_a_policy_leaves_out_may_not_state_the_guarantee(inside: Flask) -> None:
    a_policy_of(60)
    catalogue.save_product(replace(product_facts("tea"), description=SAYS_60))

    with pytest.raises(BreaksPromises, match="60 days money back"):
        a_policy_of(60, excluded_products=("tea",))
    a_policy_of(60, excluded_products=("cup",))


def test_drafts_stop_no_policy_and_are_stopped_when_they_go_public(inside: Flask) -> None:
    a_policy_of(60)
    draft = a_post(published=False, body=SAYS_60)

    a_policy_of(30)

    assert stated() == [("60 days money back", False)]
    with pytest.raises(Refused, match="not what the shop's policy says: “60 days money back”"):
        actions.publish(draft.id, by=EDITOR)
    assert the_post(draft.id).state == PostState.DRAFT

    a_policy_of(60)
    actions.publish(draft.id, by=EDITOR)
    assert the_post(draft.id).state == PostState.PUBLISHED


def test_a_public_text_that_states_something_false_is_not_saved(inside: Flask) -> None:
    a_policy_of(60)
    post = a_post(body=SAYS_60)
    texts = replace(steps.texts_of(post), body="We give 90 days money back.")

    with pytest.raises(Refused, match="90 days money back") as refusal:
        actions.change_post(post.id, texts, seen=seen(post.id), by=EDITOR)

    assert refusal.value.field == "body"
    assert the_post(post.id).body == SAYS_60
    assert stated() == [("60 days money back", True)]


def test_a_text_that_no_longer_states_it_lets_the_policy_pass(inside: Flask) -> None:
    a_policy_of(60)
    post = a_post(body=SAYS_60)
    texts = replace(steps.texts_of(post), body="We give money back.")
    actions.change_post(post.id, texts, seen=seen(post.id), by=EDITOR)

    a_policy_of(30)

    assert stated() == []


def test_a_scheduled_post_that_is_no_longer_true_waits(inside: Flask, frozen: ModuleType) -> None:
    a_policy_of(60)
    post = a_post(published=False, body=SAYS_60)
    actions.schedule(post.id, NOON + timedelta(hours=1), by=EDITOR)
    a_policy_of(30)
    frozen.advance(timedelta(hours=2))

    with transaction():
        shown = steps.publish_if_due(post.id)

    assert not shown
    assert the_post(post.id).state == PostState.SCHEDULED


def test_goods_from_a_file_that_state_something_false_arrive_as_a_draft_and_are_named(inside: Flask) -> None:
    a_policy_of(30)

    catalogue.save_product(replace(product_facts("tea"), description=SAYS_60))
    catalogue.save_product(replace(product_facts("cup"), description="30 days money back"))

    assert the_product("tea").state == ProductState.DRAFT
    assert the_product("cup").state == ProductState.PUBLISHED


def test_a_shop_older_than_the_check_refuses_nothing_and_looks_at_its_texts(inside: Flask) -> None:
    a_policy_of(60)
    a_post(title="Old", body=SAYS_60)
    with transaction() as current:
        current.execute(sa.delete(PromisesHeld))
        current.execute(sa.delete(PromiseStated))

    for _again in range(2):
        with transaction():
            ensure_held()

    wanted = sa.select(sa.func.count()).select_from(Job).where(Job.name == LOOK_JOB)
    assert session().scalar(sa.select(sa.func.count()).select_from(PromisesHeld)) == 1
    assert session().scalar(wanted)


def test_what_was_false_before_does_not_stop_another_policy_and_is_listed(inside: Flask) -> None:
    a_policy_of(60)
    a_post(title="Old", body=SAYS_60)
    with transaction() as current:
        current.execute(sa.update(PromiseStated).values(is_kept=False))

    a_policy_of(30)

    assert [(each.text.title, each.words) for each in untrue_now()] == [("Old", "60 days money back")]


def test_the_page_of_what_would_change_names_the_texts_and_has_no_button(app: Flask) -> None:
    with app.app_context():
        a_policy_of(60)
        post_id = a_post(title="How we pack", body=SAYS_60).id
        person = a_staff_member(role="owner")
    client = signed_in(app, person)

    looked = send(client, "/staff/policies/edit", window_days="30")
    refused = client.post("/staff/policies", data=hidden(looked.text))

    for page in (looked, refused):
        assert "How we pack" in page.text
        assert f"/staff/posts/{post_id}" in page.text
        assert "<mark>60 days money back</mark>" in page.text
        assert "Publish it" not in page.text
    assert refused.status_code == 422
    with app.app_context():
        assert current_policy().document.money_back.window_days == 60


def test_the_editor_of_a_post_says_what_is_not_true(app: Flask) -> None:
    with app.app_context():
        a_policy_of(30)
        post_id = a_post(published=False, body=SAYS_60).id
        person = a_staff_member(role="owner")
    client = signed_in(app, person)

    page = client.get(f"/staff/posts/{post_id}").text
    marks = client.post(
        f"/staff/claims/marks?kind=post&id={post_id}", data=fields(page) | {"body": "30 days money back"}
    ).text

    assert "This is not what the policy in force says" in page
    assert "<mark>60 days money back</mark>" in page
    assert "This is not what the policy in force says" not in marks


def is_ever_false(app: Flask) -> bool:
    """Whether a post that is published while the policy is changed ends up false, in any of a few rounds."""
    wrong = False
    for _round in range(4):
        with app.app_context():
            a_policy_of(60)
            post_id = a_post(published=False, body=SAYS_60).id
        acts: list[Callable[[], Any]] = [
            partial(actions.publish, post_id, by=EDITOR),
            partial(a_policy_of, 30),
        ]
        at_once(app, acts)
        with app.app_context():
            is_public = the_post(post_id).state == PostState.PUBLISHED
            wrong |= is_public and current_policy().document.money_back.window_days == 30
            if is_public:
                actions.withdraw(post_id, by=EDITOR)
    return wrong


def test_of_a_post_and_a_policy_at_once_one_comes_too_late(app: Flask) -> None:
    assert not is_ever_false(app)


def test_without_the_gate_both_would_stand(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promising, "broken_by", lambda _held: [])
    monkeypatch.setattr(steps, "refuse_open", lambda *_words, **_said: None)

    assert is_ever_false(app)


@pytest.mark.usefixtures("inside")
def test_texts_can_be_saved_before_there_is_any_policy() -> None:
    with transaction() as current:
        current.execute(sa.delete(PromisesHeld))

    post_id = actions.add_post(post_texts(body="90 days money back"), by=EDITOR)
    actions.publish(post_id, by=EDITOR)

    assert stated() == [("90 days money back", True)]
