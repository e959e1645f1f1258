"""The least that Flask and SQLAlchemy can do for a page: what a goal can be held against.

Knows one table, one signed cookie and one template; refuses all that makes a shop: no session, no limit, no log, no
protections, no other language, no policy, and nothing that anybody could buy.
"""

import os

import sqlalchemy as sa
from flask import Flask, make_response, redirect, request
from itsdangerous import URLSafeSerializer
from werkzeug.wrappers import Response

app = Flask(__name__)
_engine = sa.create_engine(os.environ["STOREFRONT_DATABASE_URL"])
_signed = URLSafeSerializer("0123456789abcdef" * 4)
_variant = sa.table("variant", *map(sa.column, ("id", "product_id", "price_minor", "on_hand")))
_product = sa.table("product", *map(sa.column, ("id", "slug", "title", "description_html")))

_PAGE = sa.select(_product, _variant).where(
    _product.c.slug == sa.bindparam("slug"), _variant.c.product_id == _product.c.id
)
_LINES = sa.select(_variant, _product.c.slug, _product.c.title).where(
    _variant.c.id.in_(sa.bindparam("ids", expanding=True)), _variant.c.product_id == _product.c.id
)
_CART = app.jinja_env.from_string("""<!doctype html><title>Cart</title><form method="post">
{% for line in lines %}<p><a href="/products/{{ line.slug }}">{{ line.title }}</a>
<input name="quantity" value="1"> {{ line.price_minor }}</p>{% endfor %}
<p>{{ lines|sum(attribute="price_minor") }}</p></form>""")


@app.get("/products/<slug>")
def product(slug: str) -> str:
    """One statement, and a page as long as the shop's."""
    with _engine.connect() as connection:
        rows = connection.execute(_PAGE, {"slug": slug}).all()
    return f"<!doctype html><title>{rows[0].title}</title>" + "x" * 12_000


@app.post("/cart/lines")
def add() -> Response:
    """A form, one statement, a signed cookie."""
    variant_id = int(request.form["variant"])
    with _engine.connect() as connection:
        rows = connection.execute(_LINES, {"ids": [variant_id]}).all()
    answer = make_response(redirect("/cart", 303))
    answer.set_cookie("cart", str(_signed.dumps([row.id for row in rows])), httponly=True, samesite="Lax")
    return answer


@app.get("/cart")
def cart() -> str:
    """A signed cookie, one statement, a template of three lines."""
    ids = _signed.loads(request.cookies["cart"])
    with _engine.connect() as connection:
        rows = connection.execute(_LINES, {"ids": ids}).all()
    return _CART.render(lines=rows)
