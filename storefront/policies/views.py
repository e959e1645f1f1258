"""The pages that say what the shop promises.

Knows their addresses; refuses to know any figure.
"""

from flask import Blueprint, render_template

from storefront import clock
from storefront.config import settings
from storefront.policies import pages
from storefront.policies.queries import current_policy
from storefront.web import open_to, public_page

blueprint = Blueprint("policies", __name__, url_prefix="/policies")


@blueprint.get("/shipping")
@open_to("everyone")
@public_page
def shipping() -> str:
    """Where we ship, and what it costs."""
    page = pages.shipping_page(current_policy(), zone=settings().timezone)
    return _shown(page)


@blueprint.get("/money-back")
@open_to("everyone")
@public_page
def money_back() -> str:
    """How long money is paid back, and under which conditions."""
    page = pages.money_back_page(current_policy(), at=clock.now(), zone=settings().timezone)
    return _shown(page)


@blueprint.get("/withdrawal")
@open_to("everyone")
@public_page
def withdrawal() -> str:
    """Who may withdraw by law, how long, and from when."""
    page = pages.withdrawal_page(current_policy(), at=clock.now(), zone=settings().timezone)
    return _shown(page)


def _shown(page: pages.PolicyPage) -> str:
    crumbs = [{"title": page.title, "url": ""}]
    return render_template("shop/policy.html", policy=page, crumbs=crumbs)
