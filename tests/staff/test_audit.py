"""The record: found by who, what, about what, request and day; read by those who may; shown as it was written."""

import ast
import re
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask

from storefront import audit
from storefront.audit import AuditEntry
from storefront.database import db, session, transaction
from storefront.reports.trail import PAGE, Wanted, search, trail
from storefront.staff.audit_words import VERBS
from tests.audited import recorded_verbs
from tests.builders.accounts import a_staff_member, signed_in
from tests.client import ShopClient
from tests.counting import Counting, counting
from tests.house import modules

SCRIPT = "<script>alert(1)</script>"


def note(
    verb: str = "order.noted",
    *,
    about: tuple[str, object] = ("order", 1),
    by: tuple[str, object | None] = ("system", None),
    request: str = "",
    detail: dict[str, tuple[object | None, object | None]] | None = None,
) -> None:
    """Record something."""
    token = audit.request_id.set(request)
    try:
        with transaction():
            audit.record(verb, subject=about, actor=by, code="why_not", detail=detail)
    finally:
        audit.request_id.reset(token)


def owner(app: Flask) -> ShopClient:
    """A browser of the owner, Olga."""
    with app.app_context():
        person = a_staff_member(role="owner", email="olga@example.org", name="Olga Berg")
    return signed_in(app, person)


def found(client: ShopClient, query: str) -> list[str]:
    """What the entries of that search are about, as printed."""
    text = client.get(f"/staff/audit?{query}").text
    return re.findall(r"<p><b>[^<]+</b> <span>(?:<a [^>]+>)?([^<]+)", text)


def test_an_entry_says_who_did_what_and_what_stood_before(app: Flask) -> None:
    client = owner(app)
    with app.app_context():
        iris = a_staff_member(name="Iris Weller")
        detail: dict[str, tuple[object | None, object | None]] = {
            "street_address": (None, f"Gartenweg 9 {SCRIPT}")
        }
        note("order.delivery_changed", by=("staff", iris.id), request="abc123", detail=detail)

    text = client.get("/staff/audit?verb=order.delivery_changed").text

    for words in (
        "Delivery address changed",
        "Order 1001",
        "Iris Weller",
        "why not",
        "abc123",
        "street address",
    ):
        assert words in text
    assert "Gartenweg 9 &lt;script&gt;" in text
    assert SCRIPT not in text


def test_the_record_is_found_by_each_of_its_sides(app: Flask, frozen: ModuleType) -> None:
    with app.app_context():
        iris, mara = a_staff_member(email="iris@example.org"), a_staff_member(email="mara@example.org")
        note(about=("order", 1), by=("staff", iris.id), request="req-1")
        note("order.paid", about=("order", 2), by=("staff", mara.id), request="req-2")
        note(about=("product", 2), by=("customer", iris.id))
        frozen.advance(timedelta(days=1))
        note(about=("order", 3))
    client = owner(app)

    assert found(client, "email=IRIS@example.org&verb=order.noted") == ["Product 2", "Order 1001"]
    assert found(client, "email=nobody@example.org") == []
    assert found(client, "kind=staff&verb=order.paid") == ["Order 1002"]
    assert found(client, "kind=system&verb=order.noted") == ["Order 1003"]
    assert found(client, "about=order&number=1002") == ["Order 1002"]
    assert found(client, "about=product&number=2") == ["Product 2"]
    assert found(client, "request=req-1") == ["Order 1001"]
    assert found(client, "first=2026-06-18&verb=order.noted") == ["Order 1003"]
    assert found(client, "last=2026-06-17&verb=order.paid") == ["Order 1002"]
    assert found(client, "first=2026-07-01") == []


def test_a_day_of_the_record_is_the_shops_own(app: Flask, frozen: ModuleType) -> None:
    client = owner(app)
    with app.app_context():
        # From noon in Greenwich to a second before midnight in Berlin, and on to midnight.
        frozen.advance(timedelta(hours=9, minutes=59, seconds=59))
        note(about=("order", 1))
        frozen.advance(timedelta(seconds=1))
        note(about=("order", 2))

    assert found(client, "verb=order.noted&last=2026-06-17") == ["Order 1001"]
    assert found(client, "verb=order.noted&first=2026-06-18") == ["Order 1002"]


def test_pages_of_the_record_lead_there_and_back_without_a_gap(app: Flask) -> None:
    client = owner(app)
    with app.app_context():
        for number in range(2 * PAGE + 7):
            note(about=("order", number + 1))
    query = "verb=order.noted"

    pages, back = [], []
    url: str | None = f"/staff/audit?{query}"
    while url:
        text = client.get(url).text
        pages.append(re.findall(r"<p><b>[^<]+</b> <span>(?:<a [^>]+>)?([^<]+)", text))
        url = _link(text, "next")
    url = _link(text, "prev")
    while url:
        text = client.get(url).text
        back.append(re.findall(r"<p><b>[^<]+</b> <span>(?:<a [^>]+>)?([^<]+)", text))
        url = _link(text, "prev")

    assert [entry for page in pages for entry in page] == [
        f"Order {1000 + n}" for n in range(2 * PAGE + 7, 0, -1)
    ]
    assert back == pages[:-1][::-1]


def _link(text: str, rel: str) -> str | None:
    link = re.search(rf'href="([^"]+)" rel="{rel}"', text)
    return link[1].replace("&amp;", "&") if link else None


@pytest.mark.parametrize("role", ["orders", "refunds", "catalogue", "content", "support"])
def test_the_record_is_not_there_for_others(app: Flask, role: str) -> None:
    with app.app_context():
        person = a_staff_member(role=role)

    assert signed_in(app, person).get("/staff/audit").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "about=order",
        "number=12",
        "about=order&number=12a",
        f"about=order&number={'9' * 30}",
        "verb=x",
        "kind=x",
        "request=%3Cscript%3E",
        "email=%00",
        "first=abc",
        "first=1000-01-01",
        "first=2026-06-18&last=2026-06-17",
        f"email={'x' * 400}",
    ],
)
def test_a_search_that_cannot_be_is_told(app: Flask, query: str) -> None:
    answer = owner(app).get(f"/staff/audit?{query}")

    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert "Nothing was recorded that fits." in answer.text


@pytest.mark.parametrize("query", ["before=x", f"before={'9' * 40}", "after=-1", "_external=1", "before=0"])
def test_odd_addresses_are_no_fault(app: Flask, query: str) -> None:
    assert owner(app).get(f"/staff/audit?{query}").status_code == 200


def test_a_page_of_the_record_asks_few_things(app: Flask, count_queries: Counting) -> None:
    client = owner(app)
    with app.app_context():
        for number in range(PAGE):
            person = a_staff_member() if number % 10 == 0 else None
            note(by=("staff", person.id) if person else ("system", None), detail={"note": (None, number)})

    with count_queries() as counted:
        client.get("/staff/audit?email=olga@example.org&first=2020-01-01&last=2030-01-01")
        client.get("/staff/audit")

    assert counted.selects <= 16, str(counted)
    assert counted.writes == 0


def test_a_things_own_history_is_its_own(inside: Flask) -> None:
    note("order.paid", about=("order", 1), detail={"state": ("awaiting_payment", "paid")})
    note(about=("product", 1))
    note(about=("order", 1))

    history = trail(("order", 1))

    assert [each.verb for each in history] == ["order.noted", "order.paid"]
    assert [(each.name, each.before, each.after) for each in history[1].changes] == [
        ("state", "awaiting_payment", "paid")
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(person=3),
        Wanted(kind="staff"),
        Wanted(verb="order.paid"),
        Wanted(subject=("order", "3")),
        Wanted(request_id="abc"),
        Wanted(person=3, verb="order.paid"),
        Wanted(kind="staff", verb="order.paid"),
    ],
    ids=str,
)
def test_every_way_in_is_an_index(inside: Flask, engine: str, wanted: Wanted) -> None:
    if engine == "postgresql":
        pytest.skip("on PostgreSQL an empty table is always read whole")
    with counting(db.engine) as counted:
        search(wanted, before=10**6)

    text = next(text for text in counted.statements if "FROM audit_entry" in text)
    values = tuple([1] * text.count("?"))
    with db.engine.connect() as connection:
        plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)]
    assert [step for step in plan if step.startswith("SCAN")] == []
    # A person's entries as staff and as customer are two stretches of one index, merged.
    assert wanted.person or [step for step in plan if "TEMP B-TREE" in step] == []


def test_nothing_of_the_record_is_changed_by_looking(app: Flask) -> None:
    client = owner(app)
    with app.app_context():
        note()
        before = session().query(AuditEntry).count()

    client.get("/staff/audit")

    with app.app_context():
        assert session().query(AuditEntry).count() == before


def test_every_deed_that_is_recorded_has_words() -> None:
    recorded, unreadable = recorded_verbs([(each.place, each.tree) for each in modules()])

    # What is put together when it happens has no words that a reader could find: name each verb in full.
    assert unreadable == []
    assert len(recorded) > 60
    assert recorded - set(VERBS) == set()


def test_a_verb_that_is_put_together_is_found_out() -> None:
    tree = ast.parse(
        """
def decide(verdict):
    audit.record(f"comment.{verdict}", subject=("comment", 1))

def note(verb):
    audit.record(verb, subject=("post", 1))

note("post.read")
note("post." + "un" + "read")
"""
    )

    recorded, unreadable = recorded_verbs([("room.py", tree)])

    assert recorded == {"post.read"}
    assert unreadable == ["room.py:3", "room.py:9"]
