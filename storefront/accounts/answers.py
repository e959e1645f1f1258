"""Answers that several pages about accounts share.

Knows redirects, limits and sentences; refuses to know which page asks.
"""

from collections.abc import Callable
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from storefront.accounts.entering import enter
from storefront.accounts.guesses import TooOften
from storefront.accounts.returning import destination, leading_to
from storefront.accounts.steps import HalfWay, Opened
from storefront.config import settings
from storefront.web import limiter

limited = limiter.shared_limit(lambda: settings().limit_sign_in, scope="sign_in", methods=["POST"])


def entered(came: Opened | HalfWay, *, otherwise: str | None = None) -> Any:
    """To where the person wanted to go, or to the second question."""
    following = request.values.get("next")
    if isinstance(came, HalfWay):
        following = following or (leading_to(otherwise) if otherwise else None)
        return redirect(url_for("accounts.code", half=came.token, next=following), 303)
    enter(came)
    return redirect(destination(following, otherwise=otherwise or url_for("shop.home")), 303)


def too_often(page: Callable[[str], str], refusal: TooOften) -> Any:
    """The page as a 429 that says when to come back: the same whether there is such an account or not."""
    minutes = -(-refusal.seconds // 60)
    text = _(
        "That was tried too often. Please wait for %(minutes)d minutes, or take another way.", minutes=minutes
    )
    response = make_response(page(text), 429)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


def used_up() -> Any:
    """What a link leads to that was used, is too old, or never was one."""
    return render_template("accounts/used_up.html"), 404


def no_token(form: FlaskForm) -> list[str]:
    """A sentence where the form's own token is missing or old."""
    return [_("This page was open for too long. Please send it once more.")] if form.csrf_token.errors else []
