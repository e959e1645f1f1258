"""The house rules that a machine can check: who may import whom, and who alone may do what.

The rows and doors are those of docs/architecture.md; each test lists every place that breaks its rule.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

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
    {"mail", "claims"},
]
# Each part of the kernel may import those before it.
KERNEL = ["errors", "clock", "money", "states", "config", "database", "audit", "jobs", "web"]
# Stands outside: Stripe's stand-in.
SANDBOX = "sandbox"

DOORS = {"__init__", "models", "actions", "steps", "queries", "forms", "views", "privacy"}
# Words of the trade that rooms have earned besides.
WORDS: dict[str, set[str]] = {
    "cart": {"contents", "cookie", "lines", "page", "quote"},
    "catalogue": {
        "adding",
        "cards",
        "changing",
        "facts",
        "product_page",
        "shelves",
        "shown",
        "standing",
        "stock",
        "texts",
    },
    "checkout": {
        "address_words",
        "addresses",
        "drafts",
        "pages",
        "payment_page",
        "review",
        "session_params",
        "settlement",
    },
    "cli": {"importing", "progress", "serving"},
    "demo": {
        "brewing",
        "draw",
        "goods",
        "growing",
        "keeping",
        "kits",
        "larder",
        "loading",
        "press",
        "scenes",
        "shelf",
        "teas",
        "ware",
    },
    "mail": {"outbox", "rendering", "sending"},
    "orders": {"access", "money_back"},
    "payments": {"gateway", "units"},
    "policies": {"badges", "document", "pages", "parts", "reading", "rules", "structured", "terms", "words"},
    "pricing": {"lines", "tax"},
    "reports": {"prove"},
    "shop": {
        "blueprint",
        "cards",
        "choice",
        "frame",
        "mailbox_views",
        "mails",
        "order_page",
        "order_views",
        "order_words",
        "product_page",
        "shelf_page",
        "structured",
    },
    "transfer": {"cells", "columns", "csvfile", "report", "rows", "shopify"},
    "webhooks": {"events"},
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


def test_everything_stands_in_a_row() -> None:
    for module in rooms():
        if module.room:
            row_of(module.room)


def test_a_room_imports_only_from_lower_rows() -> None:
    broken = [
        f"{module.at(node)} imports {other}"
        for module in rooms()
        if module.room
        for node, other in rooms_imported(module)
        if other not in {module.room, SANDBOX}
        and not (other == "create_app" and module.room == "cli")
        and (other == "create_app" or row_of(other) >= row_of(module.room))
    ]

    assert broken == []


def test_no_import_is_relative() -> None:
    broken = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert broken == []


def test_the_sandbox_knows_no_room_and_no_room_knows_the_sandbox() -> None:
    broken = [
        f"{module.at(node)} imports {other}"
        for module in modules()
        for node, other in rooms_imported(module)
        if (module.room == SANDBOX) != (other == SANDBOX) and SANDBOX in (module.room, other)
    ]

    assert broken == []


def test_only_the_gateway_speaks_to_stripe() -> None:
    broken = [
        f"{module.at(node)} imports {name}"
        for module in rooms()
        for node, name in imports(module)
        if name.partition(".")[0] == "stripe" and module.place != "storefront/payments/gateway.py"
    ]

    assert broken == []


def test_only_the_database_commits() -> None:
    broken = [
        module.at(node)
        for module in rooms()
        for node in ast.walk(module.tree)
        if called(node) in {"commit", "begin", "begin_nested"} and module.place != "storefront/database.py"
    ]

    assert broken == []


def test_only_states_advance_moves_a_state() -> None:
    broken = [
        module.at(node)
        for module in rooms()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "state"
        and isinstance(node.ctx, ast.Store)
        and module.place != "storefront/states.py"
    ]

    assert broken == []


CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}


def test_only_the_clock_knows_the_time() -> None:
    broken = [
        module.at(node)
        for module in rooms()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (getattr(node.value, "id", None) or getattr(node.value, "attr", None), node.attr) in CLOCKS
        and module.place != "storefront/clock.py"
    ]

    assert broken == []


def test_a_room_has_doors_and_words_of_its_trade_and_nothing_else() -> None:
    known = {room for row in ROWS for room in row}
    broken = [
        module.place
        for module in rooms()
        if module.room in known and module.path.stem not in DOORS | WORDS.get(module.room, set())
    ]

    assert broken == []


def test_a_word_of_the_trade_that_nobody_uses_is_forgotten() -> None:
    used = {(module.room, module.path.stem) for module in rooms()}

    assert [(room, word) for room, words in WORDS.items() for word in words if (room, word) not in used] == []


VAGUE = ("manager", "service", "helper", "util", "base", "common", "misc", "process", "data", "obj", "stuff")


def test_no_name_is_vague() -> None:
    broken = [
        f"{module.at(node)} {node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        and node.name.lower().rstrip("s").endswith(VAGUE)
        and (module.place, node.name) != ("storefront/database.py", "Base")
    ]
    broken += [module.place for module in modules() if module.path.stem.rstrip("s") in VAGUE]

    assert broken == []


# What refuses to run outside a transaction, and so speaks for the step that calls it first.
_STEPS_OF_THE_KERNEL = {"require_transaction", "insert_ignore", "lock", "enqueue", "record", "savepoint"}


def _steps() -> list[tuple[Module, ast.FunctionDef]]:
    """The public functions of every `steps.py`."""
    return [
        (module, node)
        for module in rooms()
        if module.path.stem == "steps"
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def _writes(step: ast.FunctionDef) -> bool:
    """Whether a function changes anything that could be committed."""
    return any(
        called(node) in {"add", "add_all", "delete", "advance", "insert", "update", "values"}
        or (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store))
        for node in ast.walk(step)
    )


def test_a_step_needs_its_callers_transaction() -> None:
    known = _STEPS_OF_THE_KERNEL | {step.name for _, step in _steps()}
    broken = [
        f"{module.at(step)} {step.name}"
        for module, step in _steps()
        if _writes(step) and not any(called(node) in known - {step.name} for node in ast.walk(step))
    ]

    assert broken == []


@pytest.mark.parametrize("door", ["models", "queries", "forms", "views", "steps"])
def test_only_actions_open_transactions(door: str) -> None:
    broken = [
        module.at(node)
        for module in rooms()
        if module.path.stem == door and module.room not in KERNEL
        for node in ast.walk(module.tree)
        if called(node) == "transaction"
    ]

    assert broken == []


# Words that only one engine understands.
DIALECT = (
    "pragma ",
    "begin immediate",
    " ilike ",
    "tsvector",
    "sqlite_master",
    "pg_",
    "json_each",
    "on conflict",
)
SPEAKERS = ("storefront/database.py", "storefront/search/")


def test_sql_for_one_engine_stands_where_it_belongs() -> None:
    strangers = [module for module in rooms() if not module.place.startswith(SPEAKERS)]
    broken = [
        f"{module.at(node)} {text!r}"
        for module in strangers
        for node, text in texts(module)
        if any(word in text.lower() for word in DIALECT)
    ]
    broken += [
        f"{module.at(node)} imports {name}"
        for module in strangers
        for node, name in imports(module)
        if name.startswith(("sqlalchemy.dialects", "sqlite3", "psycopg"))
    ]

    assert broken == []


def test_every_file_says_what_it_knows() -> None:
    assert [module.place for module in modules() if not ast.get_docstring(module.tree)] == []
