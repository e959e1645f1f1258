"""A shop and a magazine in one application; this page is its table of contents.

Knows which rooms there are; refuses to know what happens in them. What they need is imported once they are
opened: the sandbox, which lives below the same roof, starts without it.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from storefront.config import Settings

# From the lowest row to the highest; a room's tables, handlers and pages are found by the names of its doors.
ROOMS = (
    "mail",
    "claims",
    "pictures",
    "accounts",
    "catalogue",
    "policies",
    "pricing",
    "credit",
    "payments",
    "cart",
    "orders",
    "comments",
    "refunds",
    "content",
    "checkout",
    "newsletter",
    "webhooks",
    "transfer",
    "reports",
    "shop",
    "privacy",
    "staff",
    "demo",
)


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The whole application; settings are read from the environment unless given. Raises BadSettings."""
    from flask import Flask

    from storefront import database, web
    from storefront.config import ROOT, Settings, load_environ

    settings = settings or Settings.from_environ(load_environ())
    app = Flask(
        __name__,
        static_folder=None,
        template_folder=str(ROOT / "templates"),
        instance_path=str(settings.instance_dir),
    )
    app.config["STOREFRONT"] = settings
    web.init_app(app, settings)
    for room in ROOMS:
        open_room(app, room)
    database.init_app(app, url=settings.database_url)
    web.require_declarations(app)
    return app


def open_room(app: "Flask", room: str) -> None:
    """Import the room's doors (tables, job handlers, mails, signals) and register its pages."""
    for door in ("models", "privacy", "actions", "mails", "staff_mails"):
        _door(room, door)
    views = _door(room, "views")
    if views is not None:
        app.register_blueprint(views.blueprint)
    room_module = import_module(f"storefront.{room}")
    if hasattr(room_module, "init_app"):
        room_module.init_app(app)


def _door(room: str, door: str) -> Any:
    name = f"storefront.{room}.{door}"
    return import_module(name) if find_spec(name) else None
