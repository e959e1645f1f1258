"""Views of the list of orders under names of one's own: kept, found again, replaced, removed; and nobody else's."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from storefront.database import release
from storefront.errors import Refused
from storefront.orders import kept_views
from storefront.orders.kept_views import MOST, keep_view, views_of
from storefront.privacy.actions import erase_person
from tests.builders.accounts import a_customer, a_staff_member, signed_in
from tests.builders.cart import a_policy, token, words
from tests.client import ShopClient

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def iris(app: Flask) -> int:
    """The id of somebody who packs orders."""
    with app.app_context():
        a_policy()
        return a_staff_member(role="orders").id


def keep(desk: ShopClient, name: str, query: str = "parcel=to_pack&sort=oldest") -> str:
    """Keep the list of that address under a name; what the page then says."""
    page = desk.get(f"/staff/orders?{query}")
    answer = desk.post(f"/staff/orders/views?{query}", data={"csrf_token": token(page), "name": name})
    assert answer.status_code == 303
    return desk.get(answer.location).text


def test_a_view_stands_above_the_list_and_leads_to_its_filters(app: Flask, iris: int) -> None:
    desk = signed_in(app, iris)

    page = keep(desk, f"  Graz {SCRIPT} ", "q=Graz&state=paid&country=&least=nonsense&after=1002&evil=1")

    assert '<a href="/staff/orders?q=Graz&amp;state=paid" aria-current="page">Graz &lt;script&gt;' in page
    assert SCRIPT not in page
    assert "The view is kept." in page
    with app.app_context():
        assert [each.filters for each in views_of(iris)] == [{"q": "Graz", "state": "paid"}]


def test_the_same_name_stands_for_the_newer_filters(app: Flask, iris: int) -> None:
    desk = signed_in(app, iris)
    keep(desk, "Mine", "state=paid")

    keep(desk, "Mine", "state=cancelled")

    with app.app_context():
        assert [(each.name, each.filters) for each in views_of(iris)] == [("Mine", {"state": "cancelled"})]


def test_a_view_is_its_owners_alone(app: Flask, iris: int) -> None:
    with app.app_context():
        other = a_staff_member(role="orders").id
        theirs = keep_view(other, name="Secret", filters={})
    desk = signed_in(app, iris)
    page = desk.get("/staff/orders")

    answer = desk.post(f"/staff/orders/views/{theirs}/remove", data={"csrf_token": token(page)})

    assert "Secret" not in page.text
    assert answer.status_code == 404
    with app.app_context():
        assert len(views_of(other)) == 1


def test_a_view_is_removed(app: Flask, iris: int) -> None:
    desk = signed_in(app, iris)
    page = keep(desk, "Mine")
    with app.app_context():
        (view,) = views_of(iris)
    form = {"csrf_token": token(desk.get("/staff/orders"))}

    removed = desk.post(f"/staff/orders/views/{view.id}/remove", data=form)

    assert "Mine" in page
    assert removed.status_code == 303
    assert "The view is removed." in words(desk.get("/staff/orders"))
    assert desk.post(f"/staff/orders/views/{view.id}/remove", data=form).status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "two\u202enames", "nul\x00"])
def test_a_view_needs_a_name_that_can_be_read(app: Flask, iris: int, name: str) -> None:
    desk = signed_in(app, iris)

    assert "A view needs a name" in keep(desk, name)


def test_there_is_an_end_to_views(inside: Flask) -> None:
    person = a_staff_member().id
    for number in range(MOST):
        keep_view(person, name=f"View {number}", filters={})

    with pytest.raises(Refused, match="room for 20"):
        keep_view(person, name="One more", filters={})

    assert keep_view(person, name="View 3", filters={"state": "paid"})


def test_a_view_that_looks_for_somebody_goes_when_they_are_erased(inside: Flask) -> None:
    person, mara = a_staff_member().id, a_customer(email="mara@example.org").id
    keep_view(person, name="Asks often", filters={"q": "Mara@Example.org"})
    keep_view(person, name="Paid", filters={"state": "paid"})
    keep_view(mara, name="Own", filters={})

    erase_person("mara@example.org", by=("staff", person))

    assert [each.name for each in views_of(person)] == ["Paid"]
    assert views_of(mara) == []


def _together(app: Flask, person: int) -> list[object]:
    def one(_number: int) -> object:
        with app.app_context():
            try:
                return keep_view(person, name="Mine", filters={})
            except Exception as error:
                return error
            finally:
                release()

    with ThreadPoolExecutor(6) as threads:
        return list(threads.map(one, range(6)))


def test_one_name_kept_many_times_at_once_is_one_view(app: Flask, iris: int) -> None:
    answers = _together(app, iris)

    assert len(set(map(str, answers))) == 1
    with app.app_context():
        assert len(views_of(iris)) == 1


def test_without_the_lock_they_would_collide(
    app: Flask, iris: int, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    monkeypatch.setattr(kept_views, "lock", lambda *_anything: True)

    answers = [answer for _round in range(5) for answer in _together(app, a_person(app))]

    assert any(isinstance(answer, Exception) for answer in answers)


def a_person(app: Flask) -> int:
    """Somebody else."""
    with app.app_context():
        return a_staff_member().id
