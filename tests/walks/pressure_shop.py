"""The smallest shop that has the danger of the real one: accounts, stock, orders, a slow payment provider.

Knows the kernel and Flask-Security; its tables and pages are its own, so that it tests what all rooms stand on.
"""

import json
import secrets
import threading
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import sqlalchemy as sa
from flask import Flask, Response, jsonify
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, UserMixin, hash_password
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from storefront import database, jobs, web
from storefront.config import Settings
from storefront.database import db, insert_ignore, lock, session, transaction
from storefront.errors import Refused
from storefront.web import open_to

PASSWORD = "correct horse battery staple"


class Own(DeclarativeBase):
    """Apart from the shop's own tables, so that nobody takes these for a part of its schema."""


class Role(Own, RoleMixin):
    """Flask-Security wants roles."""

    __tablename__ = "pressure_role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


holds = sa.Table(
    "pressure_holds",
    Own.metadata,
    sa.Column("user_id", sa.ForeignKey("pressure_user.id")),
    sa.Column("role_id", sa.ForeignKey("pressure_role.id")),
)


class User(Own, UserMixin):
    """Someone who signs in; each sign-in is counted, so it writes."""

    __tablename__ = "pressure_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    login_count: Mapped[int] = mapped_column(default=0)
    current_login_at: Mapped[Any] = mapped_column(sa.DateTime, nullable=True)
    last_login_at: Mapped[Any] = mapped_column(sa.DateTime, nullable=True)
    current_login_ip: Mapped[str | None]
    last_login_ip: Mapped[str | None]
    roles: Mapped[list[Role]] = relationship(secondary=holds)  # type: ignore[assignment]


class Good(Own):
    """Something of which there are so many; no CHECK: the guarded UPDATE alone is under test."""

    __tablename__ = "pressure_good"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    on_hand: Mapped[int]


class Order(Own):
    """One unit sold, or about to be."""

    __tablename__ = "pressure_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    good_id: Mapped[int] = mapped_column(sa.ForeignKey("pressure_good.id"))
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]


class Letter(Own):
    """What the worker did for an order."""

    __tablename__ = "pressure_letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("pressure_order.id"), unique=True)


def create_shop(settings: Settings) -> Flask:
    """An app on the kernel with sign-in and three pages; its tables are made in the settings' database."""
    app = Flask(__name__, static_folder=None)
    app.config.update(
        STOREFRONT=settings,
        SECURITY_PASSWORD_SALT="salt",
        SECURITY_TRACKABLE=True,
        SECURITY_FLASH_MESSAGES=False,
        WTF_CSRF_ENABLED=False,
    )
    web.init_app(app, settings)
    database.init_app(app, url=settings.database_url)
    Security(app, SQLAlchemyUserDatastore(db, User, Role))
    app.add_url_rule("/goods", view_func=open_to("everyone")(_goods))
    with app.app_context():
        Own.metadata.create_all(db.engine)
    return app


def fill(app: Flask, *, users: int, stock: int) -> None:
    """So many users, 30 goods nobody buys, and one with `stock` units, whose id is 1."""
    with app.app_context():
        password = hash_password(PASSWORD)
        with transaction() as current:
            current.add_all(
                User(email=address(n), password=password, active=True, fs_uniquifier=secrets.token_hex(16))
                for n in range(users)
            )
            current.add(Good(id=1, name="Wanted", on_hand=stock))
            current.add_all(Good(id=n, name=f"Good {n}", on_hand=1) for n in range(2, 32))


def address(n: int) -> str:
    """The n-th user's address."""
    return f"shopper{n}@example.org"


def _goods() -> Response:
    goods = session().scalars(sa.select(Good).order_by(Good.id)).all()
    return jsonify([{"name": good.name, "left": good.on_hand} for good in goods])


Take = Callable[[int], None]


def take_guarded(good_id: int) -> None:
    """Take one unit if there is one: the condition stands in the UPDATE itself."""
    taken = sa.update(Good).where(Good.id == good_id, Good.on_hand >= 1).values(on_hand=Good.on_hand - 1)
    if session().execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("sold out")


def take_unguarded(good_id: int) -> None:
    """The same without the guard: what was seen before the transaction is believed."""
    session().execute(sa.update(Good).where(Good.id == good_id).values(on_hand=Good.on_hand - 1))


def place_order(good_id: int, *, take: Take = take_guarded) -> int:
    """Take one unit and write its order; raises Refused when sold out."""
    with transaction() as current:
        take(good_id)
        order = Order(good_id=good_id, number=secrets.token_hex(8), state="waiting")
        current.add(order)
        current.flush()
        return order.id


def pay(stripe_url: str, order_id: int, *, seconds: float) -> None:
    """Ask the provider, which answers after `seconds`; no connection is held meanwhile."""
    number = session().scalar(sa.select(Order.number).where(Order.id == order_id))
    database.release()
    database.require_released()
    with urllib.request.urlopen(f"{stripe_url}/pay?number={number}&seconds={seconds}", timeout=30) as answer:
        assert json.load(answer) == {"number": number, "paid": True}


def settle(order_id: int) -> None:
    """Note that the order is paid, and owe it a letter; doing it again changes nothing."""
    with transaction():
        order = lock(Order, order_id)
        if order.state == "waiting":
            order.state = "paid"
            jobs.enqueue("pressure.thank", {"order_id": order_id}, key=f"pressure.thank:{order_id}")


def thank(*, order_id: int) -> None:
    """The job: write the letter."""
    with transaction():
        insert_ignore(Letter, {"order_id": order_id}, unique=("order_id",))


class SlowStripe:
    """A WSGI app that answers after as many seconds as it is asked to; knows how many wait at once."""

    def __init__(self) -> None:
        self.waiting = 0
        self.changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        asked = parse_qs(environ["QUERY_STRING"])
        self._count(1)
        threading.Event().wait(float(asked["seconds"][0]))
        self._count(-1)
        body = json.dumps({"number": asked["number"][0], "paid": True}).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _count(self, by: int) -> None:
        with self.changed:
            self.waiting += by
            self.changed.notify_all()

    def until_waiting(self, callers: int) -> None:
        """Return as soon as that many wait for an answer; raises TimeoutError after 20 s."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.waiting == callers, timeout=20):
                raise TimeoutError(f"{self.waiting} of {callers} wait")
