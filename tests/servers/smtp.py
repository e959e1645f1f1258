"""A mail server on this machine that keeps what it is sent.

Knows SMTP; refuses to know what mails say.
"""

import asyncio
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope


class SmtpServer:
    """Answers at `url`; `messages` are those accepted. With `answer = "451 later"` it accepts none."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.answer = "250 OK"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        """For the setting `smtp_url`."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """The overrides that make a shop send its mail here."""
        return {"smtp_url": self.url}

    def start(self) -> None:
        """Listen; after `stop`, on the same port again."""
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Refuse connections, as a server does that is down."""
        if self._server is not None:
            self._loop.call_soon_threadsafe(self._server.close)
            asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop).result(10)
            self._server = None

    def close(self) -> None:
        """End the server and its thread."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        """Keep the message, if messages are accepted."""
        if self.answer.startswith("250"):
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            message = message_from_bytes(content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.envelopes.append(envelope)
        return self.answer

    async def _listen(self) -> asyncio.Server:
        make = lambda: SMTP(self, hostname="localhost", enable_SMTPUTF8=True)  # noqa: E731
        return await self._loop.create_server(make, "127.0.0.1", self.port)
