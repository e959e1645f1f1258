"""A request and its answer: Flask's own, without what each would do that changes nothing here.

Knows what Werkzeug does at every request; refuses to do anything else.
"""

import re
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Flask, Request, Response
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.sansio.http import parse_cookie

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# An address in which there is nothing to be quoted.
_WRITTEN = re.compile(r"[A-Za-z0-9/?&=%:._~+\-]*", re.ASCII)
_BARE = frozenset({204, 304})


def init_app(app: Flask) -> None:
    """Let the app take and give these."""
    app.request_class, app.response_class = Asked, Answer


class Asked(Request):
    """A request whose cookies are found by their name in the environ, where Werkzeug looks through all of it."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """The cookies that came along."""
        return parse_cookie(self.environ.get("HTTP_COOKIE", ""), cls=ImmutableMultiDict)  # type: ignore[return-value]


class Answer(Response):
    """An answer whose headers are sent as they stand. Werkzeug copies them, each checked anew, to quote addresses and
    to take out what may not be said with some statuses: where nothing of that is to be done, 20 µs for nothing."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """The headers that are sent."""
        headers, status = self.headers, self.status_code
        # Looked through once: to ask for a name that is not there raises within.
        said = {name.lower(): text for name, text in headers}
        is_as_written = _WRITTEN.fullmatch(said.get("location", "")) and "content-location" not in said
        if status < 200 or status in _BARE or not self.is_sequence or not is_as_written:
            return super().get_wsgi_headers(environ)
        if "content-length" not in said:
            headers.add("Content-Length", str(sum(map(len, self.iter_encoded()))))
        return headers
