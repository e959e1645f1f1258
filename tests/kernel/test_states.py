"""State machines: a state moves along its graph, and nowhere else."""

from enum import StrEnum
from itertools import product

import pytest

from storefront import states


class Light(StrEnum):
    """A light that never goes straight from green to red, and stays broken."""

    RED = "red"
    GREEN = "green"
    AMBER = "amber"
    BROKEN = "broken"


class Lamp:
    """Something with a state."""

    TRANSITIONS = {
        Light.RED: {Light.GREEN, Light.BROKEN},
        Light.GREEN: {Light.AMBER},
        Light.AMBER: {Light.RED, Light.AMBER},
    }

    def __init__(self, state: Light | str) -> None:
        self.state = state


EDGES = {(Light.RED, Light.GREEN), (Light.RED, Light.BROKEN), (Light.GREEN, Light.AMBER)}
EDGES |= {(Light.AMBER, Light.RED), (Light.AMBER, Light.AMBER)}


@pytest.mark.parametrize(("start", "end"), list(product(Light, Light)))
def test_a_state_moves_along_its_edges_only(start: Light, end: Light) -> None:
    lamp = Lamp(start)

    if (start, end) in EDGES:
        states.advance(lamp, end)
        assert lamp.state == end
    else:
        with pytest.raises(states.ForbiddenTransition, match=f"Lamp cannot go from {start} to {end}"):
            states.advance(lamp, end)
        assert lamp.state == start


def test_a_state_read_from_the_database_as_text_moves_alike() -> None:
    lamp = Lamp("red")

    states.advance(lamp, Light.GREEN)

    assert lamp.state is Light.GREEN


def test_whether_a_state_may_move_can_be_asked() -> None:
    assert states.may(Lamp(Light.RED), Light.GREEN)
    assert not states.may(Lamp(Light.BROKEN), Light.RED)
