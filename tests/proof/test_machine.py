"""Everything that happens to a shop, in any order: I1 to I10 hold after each step.

100 examples of 30 steps, 1,000 of 40 in `make check`, 3,000 of 50 in `make proof`; the same ones each time. A fifth
of them on PostgreSQL, whose answers take as much longer, and which has the same guards.
"""

import pytest

from tests.proof.machine import run
from tests.proof.shop import ProofShop

# Parts of a size, so that each core has its own; no part is another's beginning.
SIZES = [
    *(pytest.param(25, 30, part, id=f"25x30-{part}") for part in range(4)),
    *(pytest.param(100, 40, part, id=f"100x40-{part}", marks=pytest.mark.long) for part in range(10, 20)),
    *(pytest.param(100, 50, part, id=f"100x50-{part}", marks=pytest.mark.proof) for part in range(100, 130)),
]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("examples", "steps", "part"), SIZES)
def test_whatever_happens_the_books_are_right(
    proof_shop: ProofShop, engine: str, examples: int, steps: int, part: int
) -> None:
    run(proof_shop, examples=examples if engine == "sqlite" else examples // 5, steps=steps, sown=part)
