"""What the record of changes tells about words of pictures: who said when what one shows.

Knows the entries in which they are kept, under `alt`; refuses to know pictures.
"""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from storefront.audit import AuditDetail, AuditEntry
from storefront.claims.folding import Form
from storefront.claims.subjects import Said, Version, writer
from storefront.database import session

_NOTHING = Version(frozenset(), ())


def picture_versions(kind: str, ids: Collection[int], *, field: str) -> Mapping[int, Sequence[Version]]:
    """By id, what was ever said of what pictures of a text show, each by itself: whoever said it has written it,
    though another picture said so before. One statement."""
    rows = session().execute(
        sa.select(
            AuditEntry.subject_id, AuditEntry.actor_kind, AuditEntry.actor_id, AuditDetail.after.label("said")
        )
        .join(AuditDetail, (AuditDetail.entry_id == AuditEntry.id) & (AuditDetail.name == "alt"))
        .where(
            AuditEntry.subject_kind == kind,
            AuditEntry.subject_id.in_([str(each) for each in ids]),
            AuditDetail.after.is_not(None),
        )
        .order_by(AuditEntry.id)
    )
    found: dict[int, list[Version]] = {}
    for row in rows:
        said = Version(writer((row.actor_kind, row.actor_id)), (Said(field, row.said, Form.PLAIN),))
        found.setdefault(int(row.subject_id), []).extend((said, _NOTHING))
    return found
