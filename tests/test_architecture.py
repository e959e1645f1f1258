"""The house rules that a machine can check: who may import whom, and who alone may do what.

The rows and doors stand in `tests/house.py`; each test lists every place that breaks its rule.
"""

import ast

import pytest

from tests.house import (
    DOORS,
    KERNEL,
    ROWS,
    SANDBOX,
    WORDS,
    Module,
    called,
    imports,
    modules,
    rooms,
    rooms_imported,
    row_of,
    texts,
)


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
        if called(node) in {"commit", "begin", "begin_nested"}
        and not module.place.startswith("storefront/database/")
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
        # Flask-Limiter holds what the counters say against the machine's own time.
        and module.place not in {"storefront/clock.py", "storefront/web/counters.py"}
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
        and (module.place, node.name) != ("storefront/database/tables.py", "Base")
    ]
    broken += [module.place for module in modules() if module.path.stem.rstrip("s") in VAGUE]

    assert broken == []


# What refuses to run outside a transaction, and so speaks for the step that calls it first.
_STEPS_OF_THE_KERNEL = {
    "require_transaction",
    "insert_ignore",
    "insert_new",
    "lock",
    "enqueue",
    "record",
    "savepoint",
}


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
SPEAKERS = ("storefront/database/", "storefront/search/")


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
