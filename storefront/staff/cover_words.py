"""Whether the guarantee covers a line, in the few words that fit beside it.

Knows words; refuses to decide: that is the policy's.
"""

from flask_babel import gettext as _

from storefront.policies.rules import Decision, Rule
from storefront.web.text import day_text


def cover_text(decision: Decision | None) -> str:
    """The decision with its last day and the version that it follows; nothing of what was never decided."""
    if decision is None:
        return ""
    day = day_text(decision.ends_on, "medium") if decision.ends_on else ""
    said = {
        Rule.NOT_OFFERED: _("No money-back guarantee"),
        Rule.EXCLUDED: _("Excluded from the guarantee"),
        Rule.GIFT_CARD: _("Gift cards are not part of the guarantee"),
        Rule.FINAL_SALE: _("Final sale: not covered"),
        Rule.NOT_STARTED: _("Covered; the days to send it back start when it arrives"),
        Rule.WITHIN_WINDOW: _("Covered until %(day)s", day=day),
        Rule.WINDOW_OVER: _("Cover ended on %(day)s", day=day),
    }[decision.rule]
    return _("%(said)s (policy %(version)s)", said=said, version=decision.version)
