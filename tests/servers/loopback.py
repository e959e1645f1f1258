"""A WSGI app on a port of this machine, in a thread of the test.

Knows sockets; refuses to know what the app answers.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

App = Callable[..., Iterable[bytes]]


class _Silent(WSGIRequestHandler):
    # Without this, header and body of an answer wait for one another's acknowledgement: 40 ms.
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: the apps log their requests themselves."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Close at once where the app breaks the connection: whoever waits would else wait for its time limit."""
        self.close_connection = True


class LoopbackServer:
    """Answers at `url` at once; `app` may be given later, when it needs to know that address first."""

    def __init__(self, app: App | None = None) -> None:
        self.app = app
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Silent)
        # A thread per request that must not outlive the test.
        vars(self._server)["daemon_threads"] = True
        self.port = int(self._server.port)
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.app is None:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        return self.app(environ, start_response)
