"""Who was erased, remembered as keyed digests in a file beside the database and outside its backups.

Knows a digest and a time per line; refuses to know whose they are: only an address held against it tells.
"""

import hmac
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storefront import people
from storefront.config import settings

NAME = "erased.jsonl"


@dataclass(frozen=True, slots=True)
class Erased:
    """When each digest was last erased; `foreign` lines were made under another secret key and match nobody."""

    at_by_digest: dict[str, datetime]
    foreign: int

    def erased_at(self, email: str) -> datetime | None:
        """When whoever has this address was last erased; None: never."""
        return self.at_by_digest.get(digest(email))


def digest(email: str) -> str:
    """The keyed digest of an address: without the shop's secret key no list of addresses can be tried on it."""
    return hmac.new(_key(), people.email_key(email).encode(), "sha256").hexdigest()


def remember(email: str, *, at: datetime) -> None:
    """Write down that somebody was erased, to the disk before this returns: a restore must find it."""
    # A line of its own even after one that a crash cut short.
    line = (
        "\n"
        + json.dumps(
            {"person": digest(email), "at": at.isoformat(), "key": _key_mark()}, separators=(",", ":")
        )
        + "\n"
    )
    file = where()
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="ascii") as out:
        out.write(line)
        out.flush()
        os.fsync(out.fileno())


def remembered() -> Erased:
    """Everybody who was erased. A line that a crash cut short is passed over: its erase never came to its end."""
    known: dict[str, datetime] = {}
    foreign, mark = 0, _key_mark()
    for line in where().read_text(encoding="ascii").split() if where().exists() else ():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry["key"] != mark:
            foreign += 1
            continue
        at = datetime.fromisoformat(entry["at"])
        known[entry["person"]] = max(at, known.get(entry["person"], at))
    return Erased(known, foreign)


def where() -> Path:
    """The file."""
    return settings().instance_dir / NAME


def _key() -> bytes:
    return hmac.new(settings().secret_key.encode(), b"storefront.erased", "sha256").digest()


def _key_mark() -> str:
    """Says which key a line was made under, and nothing about the key."""
    return hmac.new(_key(), b"mark", "sha256").hexdigest()[:12]
