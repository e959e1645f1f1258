"""What can happen to the policy: a new version is published.

Knows one act; refuses to change what was published.
"""

from storefront.database import transaction
from storefront.policies import steps
from storefront.policies.document import PolicyDocument


def publish_policy(document: PolicyDocument, *, author: str, note: str) -> int:
    """Put `document` in force and answer its version's id; earlier orders keep theirs. Raises Refused."""
    with transaction():
        return steps.publish(document, author=author, note=note).id


def change_policy(document: PolicyDocument, *, seen: int, author: str, note: str) -> int:
    """Put `document` in force in the place of the version `seen` and answer its id. Raises Refused, and
    PublishedMeanwhile where another version is in force by now."""
    with transaction():
        return steps.follow(document, seen=seen, author=author, note=note).id
