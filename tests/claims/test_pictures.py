"""Words of covers and pictures are read like any others: marked, with their place, and asked about before anybody
sees them."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from storefront.catalogue import actions as goods
from storefront.catalogue.facts import ImageFacts
from storefront.catalogue.gallery import PictureWords
from storefront.catalogue.models import Image, ProductState
from storefront.catalogue.product_desk import pictures_of
from storefront.claims import actions as claims
from storefront.claims.models import ClaimMark, Endings
from storefront.claims.queries import categories
from storefront.claims.words import LOOK_JOB, ensure_read
from storefront.cli.upgrading import upgrade
from storefront.content import actions as posts
from storefront.content import covers
from storefront.content.models import PostState
from storefront.database import session, transaction
from storefront.errors import Refused
from storefront.jobs.models import Job
from storefront.jobs.worker import drain
from storefront.staff.claim_words import marks_typed
from tests.builders.catalogue import a_product, product_facts, the_product
from tests.builders.claims import CLAIM, SECOND, SOURCE, marks, the_mark
from tests.builders.content import EDITOR, a_post, the_post
from tests.builders.pictures import bytes_of

PICTURE = bytes_of(size=(60, 40))


def test_a_cover_that_claims_holds_its_post_back(inside: Flask) -> None:
    post = a_post(published=False)
    covers.hang_cover(post.id, PICTURE, alt=CLAIM, by=EDITOR)

    with pytest.raises(Refused, match="“cures”"):
        posts.publish(post.id, by=EDITOR)
    mark = the_mark(post.id)
    with pytest.raises(Refused, match="second person"):
        claims.accept(mark.id, "Mine.", by=EDITOR)
    claims.accept(mark.id, "It is about hams.", by=SECOND)
    posts.publish(post.id, by=EDITOR)

    assert mark.field == "cover"
    assert the_post(post.id).state == PostState.PUBLISHED


@pytest.mark.parametrize("way", ["hung", "described"])
def test_a_public_post_takes_no_cover_that_claims(inside: Flask, way: str) -> None:
    post = a_post()
    covers.hang_cover(post.id, PICTURE, alt="A ham", by=EDITOR)
    file = the_post(post.id).file

    ways = {
        "hung": lambda: covers.hang_cover(post.id, PICTURE, alt=CLAIM, by=EDITOR),
        "described": lambda: covers.describe_cover(post.id, alt=CLAIM, by=EDITOR),
    }
    with pytest.raises(Refused, match="“cures”") as refused:
        ways[way]()

    assert refused.value.field == "alt"
    assert (the_post(post.id).file, the_post(post.id).alt) == (file, "A ham")
    assert marks(post.id) == []


def test_a_cover_taken_down_takes_its_mark_with_it(inside: Flask) -> None:
    post = a_post(published=False)
    covers.hang_cover(post.id, PICTURE, alt=CLAIM, by=EDITOR)

    covers.take_cover_down(post.id, by=EDITOR)

    assert marks(post.id) == []


def test_a_cover_promises_no_more_than_the_policy_keeps(inside: Flask) -> None:
    post = a_post()

    with pytest.raises(Refused, match="999-day money back"):
        covers.hang_cover(post.id, PICTURE, alt="A stamp: 999-day money back", by=EDITOR)


def test_a_product_with_a_picture_that_claims_is_not_sold(inside: Flask) -> None:
    product = a_product("tea", state=ProductState.DRAFT)
    goods.add_picture("tea", PICTURE, alt=CLAIM, by=EDITOR)

    with pytest.raises(Refused, match="“cures”"):
        goods.publish(product.id, by=EDITOR)
    mark = the_mark(product.id, "product")
    with pytest.raises(Refused, match="second person"):
        claims.accept(mark.id, "Mine.", by=EDITOR)
    claims.substantiate(mark.id, *SOURCE, by=EDITOR)
    goods.publish(product.id, by=EDITOR)

    assert mark.field == "picture"
    assert the_product("tea").state == ProductState.PUBLISHED


@pytest.mark.parametrize("way", ["hung", "described"])
def test_goods_on_sale_take_no_picture_that_claims(inside: Flask, way: str) -> None:
    product = a_product("tea")
    goods.add_picture("tea", PICTURE, alt="A leaf", by=EDITOR)
    image = pictures_of(product.id)[0]

    ways = {
        "hung": lambda: goods.add_picture("tea", PICTURE, alt=CLAIM, by=EDITOR),
        "described": lambda: goods.describe_picture(
            image.id, PictureWords(CLAIM), seen=image.seen, by=EDITOR
        ),
    }
    with pytest.raises(Refused, match="“cures”"):
        ways[way]()

    assert [each.alt for each in session().scalars(sa.select(Image))] == ["A leaf"]
    assert marks(product.id, "product") == []


def test_a_picture_removed_takes_its_mark_with_it(inside: Flask) -> None:
    product = a_product("tea", state=ProductState.DRAFT)
    goods.add_picture("tea", PICTURE, alt=CLAIM, by=EDITOR)

    goods.remove_picture(pictures_of(product.id)[0].id, by=EDITOR)

    assert marks(product.id, "product") == []


@pytest.mark.parametrize("stands", [False, True])
def test_goods_from_a_file_with_a_picture_that_claims_are_not_on_sale(inside: Flask, stands: bool) -> None:
    if stands:
        a_product("tea")
    picture = ImageFacts(source_url="https://example.org/tea.jpg", alt=CLAIM)
    facts = replace(product_facts("tea"), images=(picture,), state=ProductState.PUBLISHED)

    goods.save_product(facts)

    product = the_product("tea")
    assert product.state == ProductState.DRAFT
    assert the_mark(product.id, "product").field == "picture"


def test_marks_of_pictures_stand_beside_a_text_while_it_is_written(inside: Flask) -> None:
    post, product = a_post(published=False), a_product("tea", state=ProductState.DRAFT)
    covers.hang_cover(post.id, PICTURE, alt=CLAIM, by=EDITOR)
    goods.add_picture("tea", PICTURE, alt=CLAIM, by=EDITOR)

    with inside.test_request_context():
        of_post = marks_typed("post", post.id, {"title": "Rain"})
        of_product = marks_typed("product", product.id, {"title": "Tea"})

    assert [(row.words, row.field) for row in of_post.rows] == [("cures", "Words of the cover")]
    assert [(row.words, row.field) for row in of_product.rows] == [("cures", "Words of a picture")]


def public_with_pictures() -> tuple[int, int]:
    """A public post and goods on sale, each with a picture that shows a splendid ham. Opens transactions."""
    post, product = a_post(), a_product("tea")
    covers.hang_cover(post.id, PICTURE, alt="A splendid ham", by=EDITOR)
    goods.add_picture("tea", PICTURE, alt="A splendid ham", by=EDITOR)
    return post.id, product.id


def test_pictures_that_hang_are_looked_at_when_the_lexicon_gains_a_phrase(inside: Flask) -> None:
    post_id, product_id = public_with_pictures()

    claims.add_phrase(categories()[0].id, "splendid", Endings.EXACT, harmless=False, by=SECOND)
    drain(inside, only=[LOOK_JOB])

    assert (the_mark(post_id).field, the_mark(product_id, "product").field) == ("cover", "picture")
    assert the_post(post_id).state == PostState.PUBLISHED


def test_pictures_that_an_older_release_did_not_read_are_looked_at_after_an_upgrade(inside: Flask) -> None:
    post_id, product_id = public_with_pictures()
    claims.add_phrase(categories()[0].id, "splendid", Endings.EXACT, harmless=False, by=SECOND)
    drain(inside, only=[LOOK_JOB])
    with transaction() as current:
        current.execute(sa.delete(ClaimMark))

    upgrade(inside)
    drain(inside, only=[LOOK_JOB])

    assert (the_mark(post_id).field, the_mark(product_id, "product").field) == ("cover", "picture")


def test_a_second_upgrade_looks_at_nothing_again(inside: Flask) -> None:
    public_with_pictures()
    for _again in range(2):
        with transaction():
            ensure_read()

    wanted = sa.select(Job.args).where(Job.name == LOOK_JOB)

    assert sorted(args["kind"] for args in session().scalars(wanted)) == ["post", "product"]
