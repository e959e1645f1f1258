"""The plan of the house: its rows and doors, and its source files as trees to be walked.

Knows what docs/architecture.md says; refuses to judge: the rules are in `test_architecture.py`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from storefront.config import ROOT

HOUSE = ROOT / "storefront"

# From the highest row to the lowest; a room imports only from a strictly lower one.
ROWS = [
    {"cli"},
    {"demo"},
    {"staff"},
    {"privacy"},
    {"webhooks", "search", "transfer", "reports", "shop"},
    {"checkout", "newsletter"},
    {"refunds", "content"},
    {"cart", "orders", "comments"},
    {"catalogue", "policies", "pricing", "credit", "accounts", "payments"},
    {"mail", "claims", "pictures"},
]
# Each part of the kernel may import those before it.
KERNEL = ["errors", "clock", "money", "states", "config", "database", "people", "audit", "jobs", "web"]
# Stands outside: Stripe's stand-in.
SANDBOX = "sandbox"

DOORS = {"__init__", "models", "actions", "steps", "queries", "forms", "views", "privacy"}
# Words of the trade that rooms have earned besides.
WORDS: dict[str, set[str]] = {
    "accounts": {
        "address_book",
        "access",
        "answers",
        "asking",
        "asking_views",
        "blueprint",
        "ceremonies",
        "entering",
        "guesses",
        "joining",
        "keeping",
        "kept_forms",
        "library",
        "link_views",
        "mails",
        "passkey_views",
        "passkeys",
        "passwords",
        "people",
        "proof_views",
        "returning",
        "roles",
        "second_factor",
        "security_views",
        "shown",
        "signals",
        "tickets",
        "staff_link_views",
    },
    "cart": {
        "codes",
        "contents",
        "cookie",
        "lines",
        "offered",
        "page",
        "payer",
        "quote",
        "reckoning",
        "said",
        "saved",
        "showing",
        "sums",
    },
    "catalogue": {
        "adding",
        "adjusting",
        "banners",
        "cards",
        "changing",
        "gift_cards",
        "choices",
        "claimed",
        "desk",
        "editing",
        "edits",
        "facts",
        "falls",
        "gallery",
        "measures",
        "options",
        "pictures",
        "product_desk",
        "product_page",
        "reductions",
        "ruled",
        "shelves",
        "shelving",
        "shown",
        "stale",
        "standing",
        "stock",
        "texts",
        "unit_prices",
        "whole",
        "stock_desk",
    },
    "claims": {
        "deciding",
        "folding",
        "lexicon",
        "marking",
        "printed",
        "promises",
        "promising",
        "recorded",
        "stating",
        "subjects",
        "words",
        "writers",
    },
    "checkout": {
        "address_form",
        "address_words",
        "addresses",
        "by_staff",
        "calling_off",
        "cancelled",
        "cancelling",
        "drafts",
        "giving_up",
        "making_way",
        "ordered",
        "pages",
        "payment_page",
        "payment_review",
        "picker",
        "review",
        "reviewed",
        "session_params",
        "settlement",
        "writing",
    },
    "cli": {"exporting", "importing", "people", "pictures", "progress", "serving", "upgrading"},
    "comments": {
        "blueprint",
        "deciding",
        "insiders",
        "likeness",
        "own_views",
        "mails",
        "moderating",
        "moving",
        "sifting",
        "subjects",
        "thread",
        "verdicts",
        "wording",
    },
    "content": {
        "claimed",
        "commented",
        "covers",
        "desk",
        "frame",
        "html",
        "illustrations",
        "leads",
        "markdown",
        "moving",
        "naming",
        "post_page",
        "shown",
        "stories",
        "texts",
        "whereabouts",
    },
    "credit": {"codes", "tender"},
    "demo": {
        "offers",
        "till",
        "bank",
        "brewing",
        "covers",
        "crew",
        "draw",
        "goods",
        "growing",
        "journal",
        "keeping",
        "kits",
        "larder",
        "loading",
        "pages",
        "people",
        "portraits",
        "press",
        "promised",
        "readers",
        "remarks",
        "render",
        "scenes",
        "shelf",
        "stories",
        "stories_of_brewing",
        "stories_of_cooking",
        "stories_of_growing",
        "talk",
        "teas",
        "ware",
        "year",
        "sale",
        "turns",
    },
    "mail": {"letters", "outbox", "rendering", "sending"},
    "newsletter": {"blueprint", "keeping", "links", "mails", "sending", "wording"},
    "orders": {
        "access",
        "amending",
        "books",
        "carriers",
        "credit_accounts",
        "discounts",
        "disputes",
        "taxes",
        "exporting",
        "finding",
        "guarantee",
        "issuing",
        "kept_views",
        "listing",
        "money_back",
        "owners",
        "parcels",
        "placing",
        "refund",
        "rows",
        "sought",
        "tenders",
    },
    "payments": {"evidence", "gateway", "units"},
    "pictures": {"darkroom", "door", "named", "plates", "sizes", "storage"},
    "policies": {
        "badges",
        "claimed",
        "differences",
        "document",
        "effect",
        "pages",
        "parts",
        "reading",
        "rules",
        "statutory",
        "structured",
        "terms",
        "withdrawal",
        "words",
    },
    "pricing": {"lines", "offers", "rates", "tax"},
    "privacy": {"asking", "blueprint", "copying", "mails", "own_views", "remembered"},
    "refunds": {
        "asking",
        "cards_back",
        "credited",
        "deciding",
        "destinations",
        "excess",
        "following",
        "granting",
        "judging",
        "reckoning",
        "records",
        "return_records",
        "returnable",
        "returns",
        "taking_back",
        "taxes",
        "timeliness",
        "withdrawal_records",
        "weighing",
        "withdrawals",
        "withdrawing",
        "words",
    },
    "reports": {
        "against_stripe",
        "credit_parts",
        "credit_sums",
        "discount_parts",
        "dividing",
        "durations",
        "earnings",
        "gauges",
        "metrics",
        "periods",
        "post_parts",
        "prove",
        "queues",
        "refund_parts",
        "return_parts",
        "sent_parts",
        "sales",
        "shares",
        "shelf",
        "statement",
        "trail",
    },
    "shop": {
        "account_page",
        "account_views",
        "address_views",
        "blueprint",
        "cards",
        "choice",
        "contact_views",
        "feeds",
        "frame",
        "gift_card_mails",
        "gift_card_views",
        "journal",
        "journal_views",
        "letter_views",
        "letters",
        "machines",
        "mailbox_views",
        "mails",
        "merchant_feed",
        "moved",
        "order_page",
        "order_views",
        "order_words",
        "papers",
        "parcel_mails",
        "parcels",
        "product_page",
        "refund_mails",
        "return_mails",
        "return_page",
        "return_slip",
        "return_standing",
        "return_views",
        "return_words",
        "withdrawal_mails",
        "withdrawal_page",
        "withdrawal_views",
        "shelf_page",
        "staff_mails",
        "structured",
    },
    "staff": {
        "contents_fields",
        "amending_views",
        "audit_form",
        "audit_page",
        "audit_views",
        "audit_words",
        "books_file",
        "books_page",
        "books_views",
        "blueprint",
        "bulk",
        "bulk_views",
        "cancel_form",
        "cancel_views",
        "charts",
        "claim_forms",
        "claim_views",
        "claim_words",
        "collection_forms",
        "collection_views",
        "comment_forms",
        "comment_views",
        "comment_words",
        "comments_file",
        "cover_words",
        "credit_forms",
        "credit_views",
        "credit_words",
        "dashboard_views",
        "discount_forms",
        "discount_views",
        "earnings_file",
        "earnings_page",
        "earnings_views",
        "tax_views",
        "frame",
        "goods_forms",
        "goods_list",
        "goods_words",
        "history_views",
        "job_words",
        "jobs_page",
        "jobs_views",
        "kept_view_views",
        "keys",
        "lexicon_views",
        "mailing_views",
        "naming_views",
        "new_order_page",
        "new_order_views",
        "order_facts",
        "order_filters",
        "order_history",
        "order_list",
        "order_list_views",
        "order_page",
        "order_standing",
        "order_views",
        "order_ways",
        "orders_file",
        "paper_views",
        "payment_page",
        "payment_review_views",
        "people_views",
        "period_form",
        "picture_views",
        "policy_forms",
        "policy_page",
        "policy_views",
        "portrait_views",
        "post_cover_views",
        "post_forms",
        "post_views",
        "privacy_views",
        "product_views",
        "refund_form",
        "refund_page",
        "refund_queue_views",
        "refund_views",
        "refund_words",
        "return_forms",
        "return_views",
        "return_words",
        "withdrawal_views",
        "withdrawal_words",
        "sales_file",
        "sales_page",
        "shipment_views",
        "sparkline",
        "stock_moved",
        "stock_views",
        "subscriber_views",
        "subscriber_words",
        "subscribers_file",
        "thread_views",
        "variant_views",
        "picture_forms",
        "policy_part_forms",
        "policy_typing",
        "saving",
        "stock_forms",
        "variant_forms",
        "version_views",
        "waiting",
    },
    "transfer": {
        "unit_prices",
        "categories",
        "cells",
        "columns",
        "csvfile",
        "entities",
        "exporting",
        "fetching",
        "guard",
        "lists",
        "numbers",
        "pictures",
        "post_pictures",
        "posts",
        "posts_report",
        "products",
        "report",
        "rows",
        "saving",
        "shopify",
        "slugs",
        "to_shopify",
        "to_woocommerce",
        "weights",
        "woo_choices",
        "woo_rows",
        "woo_values",
        "woocommerce",
        "wordpress",
        "wp_bodies",
        "wxr",
    },
    "webhooks": {"disputes", "events"},
}


@dataclass(frozen=True, slots=True)
class Module:
    """A source file of the house: its room ("" for the house itself), its name, and what it says."""

    path: Path
    room: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """The path as people write it."""
        return str(self.path.relative_to(ROOT))

    def at(self, node: ast.AST) -> str:
        """Where in the file something stands."""
        return f"{self.place}:{getattr(node, 'lineno', 1)}"


@lru_cache
def modules() -> tuple[Module, ...]:
    """Every source file below `storefront/`."""
    found = []
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(HOUSE).with_suffix("").parts
        room = "" if parts == ("__init__",) else parts[0]
        found.append(Module(path, room, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)


def rooms() -> list[Module]:
    """Every source file but the sandbox's, which keeps its own house."""
    return [module for module in modules() if module.room != SANDBOX]


def row_of(room: str) -> float:
    """The height of a room: the kernel's parts lie between 0 and 1, rooms at 1 and above."""
    if room in KERNEL:
        return KERNEL.index(room) / len(KERNEL)
    for number, row in enumerate(reversed(ROWS), start=1):
        if room in row:
            return number
    raise LookupError(f"{room} stands in no row")


def imports(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Each import in the file, wherever it stands, as a dotted name."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def rooms_imported(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Each room of ours that the file imports from; "create_app" for the house as a whole."""
    for node, name in imports(module):
        first, _, rest = name.partition(".")
        if first == "storefront":
            yield node, rest.partition(".")[0]


def called(node: ast.AST) -> str:
    """The last name of what is called: `commit` for `db.session.commit()`."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def texts(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Each string in the file that is no docstring."""
    told = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node, node.value
