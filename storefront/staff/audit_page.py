"""Entries of the record as they are printed, on the page of the record and on the pages of what they are about.

Knows words and links; refuses to search.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from storefront.reports.trail import Change, Trace
from storefront.staff.audit_words import actor_text, subject_text, subject_url, verb_text
from storefront.web.text import moment_text


@dataclass(frozen=True, slots=True)
class TraceShown:
    """One entry in words; addresses are empty where there is no page."""

    what: str
    about: str
    about_url: str
    who: str
    at: str
    code: str
    request_id: str
    changes: tuple[Change, ...]


def shown(traces: Iterable[Trace]) -> tuple[TraceShown, ...]:
    """Entries in words."""
    return tuple(map(_shown, traces))


def _shown(trace: Trace) -> TraceShown:
    return TraceShown(
        what=verb_text(trace.verb),
        about=subject_text(*trace.subject),
        about_url=subject_url(*trace.subject),
        who=actor_text(trace.actor[0], trace.actor_name, trace.actor[1]),
        at=moment_text(trace.at),
        code=(trace.code or "").replace("_", " "),
        request_id=trace.request_id,
        changes=trace.changes,
    )
