"""Accounts: who people are, how they come in, what those who work here may do.

Knows Flask-Security, of which sessions, hashing and one-time codes are used and no page; refuses to know goods.
"""

import base64
from datetime import timedelta
from hashlib import sha256

from flask import Flask
from flask_login.utils import _user_context_processor

from storefront.accounts.access import load_customer, require_declared_audience, require_fresh_sign_in
from storefront.accounts.library import Security, SQLAlchemyUserDatastore
from storefront.accounts.models import Customer, Role
from storefront.accounts.second_factor import Codes
from storefront.config import Settings
from storefront.database import db

LONGEST_SESSION = timedelta(days=30)


def init_app(app: Flask) -> None:
    """Set Flask-Security up over our tables, without its pages, and hold every route's declaration."""
    settings: Settings = app.config["STOREFRONT"]
    app.config.update(
        PERMANENT_SESSION_LIFETIME=LONGEST_SESSION,
        # A cookie is set at sign-in, not with every answer: pages that are the same for everyone carry none.
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_PROTECTION=None,
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_DEPRECATED_PASSWORD_SCHEMES=[],
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        # OWASP's smallest: 19 MiB, two passes, one lane.
        SECURITY_PASSWORD_HASH_OPTIONS={
            "argon2__memory_cost": 19 * 1024,
            "argon2__time_cost": 2,
            "argon2__parallelism": 1,
        },
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TOTP_SECRETS={"1": _derived(settings.secret_key, "totp")},
        # In an authenticator app's address a colon parts the shop's name from the person's.
        SECURITY_TOTP_ISSUER=settings.shop_name.replace(":", " "),
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        SECURITY_DEFAULT_REMEMBER_ME=False,
    )
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, Customer, Role),
        register_blueprint=False,
        totp_cls=Codes,
    )
    _quieten(app, security)
    # The first of all checks but the log's: what another refuses must not tell a stranger that there is a page.
    app.before_request_funcs[None].insert(1, require_declared_audience)
    # The last: what is kept of a form came from our own pages.
    app.before_request(require_fresh_sign_in)


def _derived(key: str, purpose: str) -> str:
    """A key of its own for one purpose, so that nothing signed elsewhere helps to read it."""
    return base64.urlsafe_b64encode(sha256(f"storefront.{purpose}.{key}".encode()).digest()).decode()


def _quieten(app: Flask, security: Security) -> None:
    """Take out what looks at the visitor with every answer: pages anyone may see are the same for everyone."""
    login = security.login_manager
    login.user_loader(load_customer)
    # Tokens in headers and queries sign nobody in.
    login.request_loader(lambda _request: None)
    app.after_request_funcs[None].remove(login._update_remember_cookie)
    app.template_context_processors[None].remove(_user_context_processor)
    app.before_request_funcs[None].remove(security.principal._on_before_request)
