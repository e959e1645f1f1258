"""What an import of posts did, for the person who started it.

Knows counts, reasons and sentences; refuses to know any format.
"""

from collections import Counter
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext

from storefront.content.models import PostKind
from storefront.content.moving import Came
from storefront.transfer.report import LeftOut


@dataclass(slots=True)
class PostsReport:
    """Posts and pages by what became of them, what was left out and why, and what was read otherwise than written.

    `others` counts what is neither, by its kind.
    """

    came: Counter[tuple[PostKind, Came]] = field(default_factory=Counter)
    comments: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    left_out: int = 0
    told: list[LeftOut] = field(default_factory=list)

    def leave_out(self, place: LeftOut) -> None:
        """Something did not move in."""
        self.left_out += 1
        self.told.append(place)

    def tell(self, place: LeftOut) -> None:
        """Something moved in, but not as it was."""
        self.told.append(place)

    @property
    def done(self) -> int:
        """How many posts and pages something became of."""
        return self.came.total() + self.left_out

    @property
    def has_failed(self) -> bool:
        """Whether any post or page was left out."""
        return bool(self.left_out)

    @property
    def run(self) -> dict[str, int]:
        """What this run brought."""
        return {
            "new": self._all(Came.NEW),
            "changed": self._all(Came.CHANGED),
            "comments": self.comments["new"],
        }

    @property
    def has_changed(self) -> bool:
        """Whether this run brought anything."""
        return any(self.run.values())

    def _all(self, came: Came) -> int:
        return sum(count for (_kind, each), count in self.came.items() if each == came)

    def text(self) -> str:
        """The whole report, a line for each thing."""
        return "\n".join(
            [
                *(each.text for each in sorted(self.told, key=lambda each: each.line)),
                *_sentences(self.comments, _SAID),
                *_sentences(self.remarks, _READ),
                *self._named(
                    "shortcode", _("Shortcodes that nobody here knows stay as they were: %(names)s.")
                ),
                *self._named("block", _("Blocks that WordPress fills in itself are left out: %(names)s.")),
                *self._elsewhere(),
                self._count(PostKind.POST, _("Posts")),
                self._count(PostKind.PAGE, _("Pages")),
                _(
                    "Comments: %(new)s new. Left out in all: %(left_out)s.",
                    new=self.comments["new"],
                    left_out=self.left_out,
                ),
            ]
        )

    def _named(self, kind: str, sentence: str) -> list[str]:
        found = [
            (name.partition(" ")[2], count)
            for name, count in self.remarks.items()
            if name.startswith(f"{kind} ")
        ]
        names = ", ".join(f"{name} ({count})" for name, count in sorted(found) if count)
        return [sentence % {"names": names}] if names else []

    def _elsewhere(self) -> list[str]:
        names = ", ".join(f"{name} ({count})" for name, count in sorted(self.others.items()))
        return [_("Neither posts nor pages, and left out: %(names)s.", names=names)] if names else []

    def _count(self, kind: PostKind, name: str) -> str:
        counts = {came.value: self.came[kind, came] for came in Came}
        return _(
            "%(name)s: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, %(kept)s kept as they are here.",
            name=name,
            **counts,
        )


def _sentences(counted: Counter[str], sentences: dict[str, object]) -> list[str]:
    return [
        sentence(counted[code])
        for code, sentence in sentences.items()
        if counted[code] and callable(sentence)
    ]


_SAID: dict[str, object] = {
    "folded": lambda n: ngettext(
        "%(num)s comment says what the same person said there already and is one with it.",
        "%(num)s comments say what the same person said there already and are one with it.",
        n,
    ),
    "deep": lambda n: ngettext(
        "%(num)s answer to an answer stands beside it, beneath the first comment.",
        "%(num)s answers to answers stand beside them, beneath the first comment.",
        n,
    ),
    "alone": lambda n: ngettext(
        "%(num)s comment answers one that is not here and stands by itself.",
        "%(num)s comments answer some that are not here and stand by themselves.",
        n,
    ),
    "empty": lambda n: ngettext(
        "%(num)s comment without words was left out.", "%(num)s comments without words were left out.", n
    ),
}
_READ: dict[str, object] = {
    "trackback": lambda n: ngettext(
        "%(num)s trackback was left out.", "%(num)s trackbacks were left out.", n
    ),
    "pingback": lambda n: ngettext("%(num)s pingback was left out.", "%(num)s pingbacks were left out.", n),
    "on pages": lambda n: ngettext(
        "%(num)s comment on a page was left out: pages have no comments here.",
        "%(num)s comments on pages were left out: pages have no comments here.",
        n,
    ),
    "binned comments": lambda n: ngettext(
        "%(num)s comment was in the bin and was left out.",
        "%(num)s comments were in the bin and were left out.",
        n,
    ),
    "other comments": lambda n: ngettext(
        "%(num)s comment of another kind, or without a number, was left out.",
        "%(num)s comments of other kinds, or without a number, were left out.",
        n,
    ),
    "long comments": lambda n: ngettext(
        "%(num)s comment was longer than can be kept and was left out.",
        "%(num)s comments were longer than can be kept and were left out.",
        n,
    ),
    "password": lambda n: ngettext(
        "%(num)s was behind a password and is a draft: nothing here is public for some only.",
        "%(num)s were behind a password and are drafts: nothing here is public for some only.",
        n,
    ),
    "private": lambda n: ngettext(
        "%(num)s was private and is a draft.", "%(num)s were private and are drafts.", n
    ),
    "pending": lambda n: ngettext(
        "%(num)s was waiting for review and is a draft.", "%(num)s were waiting for review and are drafts.", n
    ),
    "missed": lambda n: ngettext(
        "%(num)s was scheduled for a time that has passed and is a draft.",
        "%(num)s were scheduled for times that have passed and are drafts.",
        n,
    ),
    "sticky": lambda n: ngettext(
        "%(num)s was always on top; here it stands where its date puts it.",
        "%(num)s were always on top; here they stand where their dates put them.",
        n,
    ),
    "untitled": lambda n: ngettext(
        "%(num)s had no title and got its first words.", "%(num)s had no title and got their first words.", n
    ),
    "unnamed": lambda n: ngettext(
        "%(num)s is by somebody whom the file does not name: the name they signed in with stands for them.",
        "%(num)s are by people whom the file does not name: the names they signed in with stand for them.",
        n,
    ),
    "titles": lambda n: ngettext("%(num)s title was cut.", "%(num)s titles were cut.", n),
    "summaries": lambda n: ngettext("%(num)s excerpt was cut.", "%(num)s excerpts were cut.", n),
    "tags": lambda n: ngettext(
        "%(num)s tag or category was left out: a post has at most ten, and none is longer than 60 characters.",
        "%(num)s tags and categories were left out: a post has at most ten, and none is longer than 60 characters.",
        n,
    ),
    "beneath": lambda n: ngettext(
        "%(num)s page stood beneath another; here it stands by itself.",
        "%(num)s pages stood beneath others; here they stand by themselves.",
        n,
    ),
    "parts": lambda n: ngettext(
        "%(num)s break between parts was taken out: a post is one page.",
        "%(num)s breaks between parts were taken out: a post is one page.",
        n,
    ),
    "pictures": lambda n: ngettext(
        "%(num)s picture was not fetched; a link leads to it.",
        "%(num)s pictures were not fetched; links lead to them.",
        n,
    ),
    "covers": lambda n: ngettext(
        "%(num)s cover picture was not fetched.", "%(num)s cover pictures were not fetched.", n
    ),
    "missing": lambda n: ngettext(
        "%(num)s picture of a gallery is not in the file.",
        "%(num)s pictures of galleries are not in the file.",
        n,
    ),
    "players": lambda n: ngettext(
        "%(num)s player or embedded page became a link.",
        "%(num)s players and embedded pages became links.",
        n,
    ),
}
