"""The proof of the books as work of its own: every night, when staff ask for it, and as a command.

Writes down that it was done and what it found, and nothing else: `reports` changes no figure.
"""

from storefront import audit, clock, jobs
from storefront.database import transaction
from storefront.payments.models import CheckKind
from storefront.payments.steps import keep_check
from storefront.reports.prove import prove

Actor = tuple[str, object]


def prove_on_record() -> list[str]:
    """As `prove`, and keep what was found for staff to read. Raises PaymentUnavailable."""
    begun_at = clock.now()
    differences = prove()
    with transaction():
        keep_check(CheckKind.PROOF, begun_at=begun_at, problems=differences)
    return differences


def ask_for_proof(*, by: Actor) -> None:
    """Let the worker prove the books now; asked again within the minute, it is the same proof."""
    minute = int(clock.now().timestamp()) // 60
    with transaction():
        if jobs.enqueue("reports.prove", {}, key=f"reports.prove@{minute}"):
            audit.record("books.proof_asked", subject=("books", 1), actor=by)


@jobs.handler("reports.prove")
def prove_now() -> None:
    """The proof that somebody asked for."""
    prove_on_record()


@jobs.every("reports.prove_nightly", minutes=24 * 60)
def prove_nightly() -> None:
    """The proof of every day."""
    prove_on_record()
