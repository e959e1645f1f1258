"""Twenty-one planted bugs, each found by the machine's own rules; without it the same steps find nothing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.proof.machine import Machine
from tests.proof.planted import BUGS, found
from tests.proof.shop import ProofShop

Begin = Callable[[], AbstractContextManager[Machine]]


@pytest.fixture
def begin(proof_shop: ProofShop) -> Begin:
    """Begins an example of which the test says what happens."""

    @contextmanager
    def example() -> Iterator[Machine]:
        machine = Machine(proof_shop)
        try:
            yield machine
        finally:
            machine.close()

    return example


def test_there_are_twenty_one_of_them() -> None:
    assert len(BUGS) == 21


# What is planted is in Python, or in a schema that the next test has anew.
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found_and_without_it_nothing(
    begin: Begin, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug = BUGS[name]
    with begin() as machine:
        said_before = found(machine, bug)
    bug.plant(monkeypatch)

    with begin() as machine:
        said = found(machine, bug)

    assert said_before == ""
    assert bug.breaks in said
