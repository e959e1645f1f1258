"""The machinery of the comments' tests: a page of a fable with its thread.

Knows the one route that it adds; refuses to hold data.
"""

from collections.abc import Callable

import pytest
from flask import Flask, render_template_string, request

from storefront.comments.queries import found_thread
from storefront.comments.subjects import public_subject
from storefront.comments.thread import printed
from storefront.web import open_to, public_page
from tests.builders.comments import KIND
from tests.client import ShopClient, browser

_PAGE = """{% extends "shop/frame.html" %}{% from "comments/_thread.html" import foot %}
{% block content %}<h1>{{ title }}</h1>{{ foot(thread) }}{% endblock %}"""


@pytest.fixture
def reader(app: Flask) -> ShopClient:
    """A browser of somebody who reads fables, which this shop has at `/fables/<id>`."""
    return reading(app)


@pytest.fixture
def reading_in(make_app: Callable[..., Flask]) -> Callable[..., tuple[Flask, ShopClient]]:
    """A shop with these settings, and a reader in it."""

    def made(**settings: str) -> tuple[Flask, ShopClient]:
        shop = make_app(**settings)
        return shop, reading(shop)

    return made


def reading(app: Flask) -> ShopClient:
    """Give the shop its fables, and open a browser."""

    @app.get("/fables/<int:subject_id>")
    @open_to("everyone")
    @public_page
    def fable(subject_id: int) -> str:
        subject = public_subject(KIND, subject_id)
        page = int(request.args.get("comments", "1"))
        found = found_thread(subject.kind, subject.id, page=page)
        return render_template_string(_PAGE, title=subject.title, thread=printed(subject, found))

    return browser(app)
