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
