"""Which verbs the house writes into its record, read from its source.

Knows how a verb gets from where it is named to `audit.record`; refuses to guess: what it cannot read, it says.
"""

import ast
from collections.abc import Iterator

# Where a function takes its verb: by its name, the place among what it is given.
_Recorders = dict[tuple[str, str], tuple[int, str]]
_KEYWORD = "verb"


def recorded_verbs(sources: list[tuple[str, ast.Module]]) -> tuple[set[str], list[str]]:
    """Every verb that the sources (place and tree) record, and where one is given that cannot be read: one that is
    put together when it happens."""
    recorders: _Recorders = {("", "audit.record"): (0, _KEYWORD)}
    while True:
        verbs, unreadable, passing = set[str](), list[str](), _Recorders()
        for place, tree in sources:
            for function, call in _calls(tree):
                name = ast.unparse(call.func)
                at = recorders.get((place, name)) or recorders.get(("", name))
                if at is None:
                    continue
                given = _argument(call, *at)
                index = _parameter(function, given)
                if function is not None and index is not None:
                    # Private names are a module's own; others are known wherever they are imported.
                    where = place if function.name.startswith("_") else ""
                    passing[where, function.name] = index, ast.unparse(given) if given else ""
                    continue
                found = _texts(given, tree)
                verbs |= found
                if not found:
                    unreadable.append(f"{place}:{call.lineno}")
        if passing.items() <= recorders.items():
            return verbs, sorted(set(unreadable))
        recorders |= passing


def _calls(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef | None, ast.Call]]:
    """Every call with the function it stands in."""

    def walk(
        node: ast.AST, function: ast.FunctionDef | None
    ) -> Iterator[tuple[ast.FunctionDef | None, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                yield function, child
            yield from walk(child, child if isinstance(child, ast.FunctionDef) else function)

    return walk(tree, None)


def _argument(call: ast.Call, index: int, keyword: str) -> ast.expr | None:
    if index < len(call.args):
        return call.args[index]
    return next((each.value for each in call.keywords if each.arg == keyword), None)


def _parameter(function: ast.FunctionDef | None, given: ast.expr | None) -> int | None:
    """The place of a parameter that the function passes on as it came."""
    if function is None or not isinstance(given, ast.Name):
        return None
    names = [
        each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    ]
    return names.index(given.id) if given.id in names else None


def _texts(given: ast.expr | None, tree: ast.Module) -> set[str]:
    """The verbs that an expression can be; none where that cannot be read."""
    match given:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=body, orelse=orelse):
            both = _texts(body, tree), _texts(orelse, tree)
            return both[0] | both[1] if all(both) else set()
        case ast.Subscript(value=ast.Name(id=name)):
            return _values(name, tree)
        case ast.Name(id=name):
            said = [each.value for each in ast.walk(tree) if _assigns(each, name)]  # type: ignore[attr-defined]
            found = [_texts(each, tree) for each in said]
            return set().union(*found) if found and all(found) else set()
    return set()


def _values(name: str, tree: ast.Module) -> set[str]:
    """The texts of a table of this name."""
    for node in ast.walk(tree):
        if _assigns(node, name) and isinstance(node.value, ast.Dict):  # type: ignore[attr-defined]
            found = [_texts(each, tree) for each in node.value.values]  # type: ignore[attr-defined]
            return set().union(*found) if all(found) else set()
    return set()


def _assigns(node: ast.AST, name: str) -> bool:
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AnnAssign)
        else []
    )
    return any(isinstance(each, ast.Name) and each.id == name for each in targets)
