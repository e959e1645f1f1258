"""Pictures of posts that moved in, of which only the address is known: fetched one by one, when asked to.

Knows which are missing and what became of each; refuses to know how a file is fetched, decoded or shown.
"""

from flask_babel import gettext as _

from storefront import database
from storefront.content import illustrations
from storefront.content.illustrations import Unfetched
from storefront.content.moving import BY
from storefront.errors import Refused
from storefront.transfer.fetching import Fetcher
from storefront.transfer.pictures import SHOWN_LETTERS, Fetched, Progress


def fetch_post_pictures(
    *, fetcher: Fetcher | None = None, progress: Progress = lambda done, of: None
) -> Fetched:
    """Fetch the covers and pictures of all posts that moved in; what cannot be had stays a link and is reported.

    May be run again: what is there is not fetched twice, and what was refused is asked for again."""
    return _Run(fetcher or Fetcher(), progress).whole()


class _Run:
    """One go through all posts: each address is asked for once."""

    def __init__(self, fetcher: Fetcher, progress: Progress) -> None:
        self.fetcher, self.progress = fetcher, progress
        self.report = Fetched()
        self.refused: set[str] = set()
        self.done = 0

    def whole(self) -> Fetched:
        """Everything that is missing."""
        last = 0
        while True:
            found, last = illustrations.unfetched(after=last)
            database.release()
            for each in found:
                self._post(each)
            if not last:
                return self.report

    def _post(self, each: Unfetched) -> None:
        if each.cover:
            self._cover(each)
        taken = [address for address in each.pictures if self._picture(each, address)]
        if taken or each.is_behind:
            illustrations.redraw(each.post_id)

    def _cover(self, each: Unfetched) -> None:
        database.release()
        try:
            content = self.fetcher.fetch(secure(each.cover))
            self.report.count += illustrations.hang(
                each.post_id, each.cover, content, alt=each.cover_alt, by=BY
            )
        except Refused as error:
            self._leave_out(each, each.cover, error)
        self._tell()

    def _picture(self, each: Unfetched, address: str) -> bool:
        """Whether the picture is here now: another post may have brought it."""
        if address in self.refused:
            return False
        try:
            is_kept = illustrations.is_kept(address)
            database.release()
            if not is_kept:
                illustrations.keep(address, self.fetcher.fetch(secure(address)))
                self.report.count += 1
        except Refused as error:
            self.refused.add(address)
            self._leave_out(each, address, error)
            return False
        finally:
            self._tell()
        return True

    def _leave_out(self, each: Unfetched, address: str, error: Refused) -> None:
        place = f"{each.slug}, {address[:SHOWN_LETTERS]}"
        self.report.failures.append(_("%(place)s: %(reason)s", place=place, reason=error.message))

    def _tell(self) -> None:
        self.done += 1
        self.progress(self.done, 0)


def secure(address: str) -> str:
    """The same address over TLS: old texts name many pictures without it."""
    bare = address[5:] if address[:5].lower() == "http:" else address
    return f"https:{bare}" if bare.startswith("//") else address
