"""The settings of a run: secrets made once, addresses made anew, all kept in `instance/run.env`.

Knows the settings' names and what a run wants of them; `storefront.config` alone judges their values.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from launch.environment import ROOT
from launch.errors import CannotStart

SANDBOX_KEY = "sk_test_sandbox_"

# Made at the first run and kept: links, cookies and the sandbox's payments of earlier runs depend on them.
_SECRETS: dict[str, Callable[[], str]] = {
    "STOREFRONT_SECRET_KEY": lambda: secrets.token_hex(32),
    "STOREFRONT_STRIPE_SECRET_KEY": lambda: SANDBOX_KEY + secrets.token_hex(16),
    "STOREFRONT_STRIPE_WEBHOOK_SECRET": lambda: "whsec_" + secrets.token_hex(24),
}

# What a run wants otherwise than the shop's own defaults, until somebody writes another value.
_CHOICES = {
    "STOREFRONT_SMTP_URL": "mailbox:",
    "STOREFRONT_STAFF_EMAIL": "staff@localhost",
    # A line per request would scroll the addresses away that `run` prints.
    "STOREFRONT_LOG_LEVEL": "warning",
}

# The demo shop is called what its goods say; a shop with a key of Stripe's own has a name of its own.
_DEMO = {
    "STOREFRONT_SHOP_NAME": "Cap & Kettle",
    "STOREFRONT_TAGLINE": "Grown, brewed and written in Halle",
    "STOREFRONT_COVER_TITLE": "Something to grow while the kettle boils",
    "STOREFRONT_COVER_LEAD": "Mushrooms for the kitchen shelf, teas we drink ourselves, and the pots"
    " to make them in.",
    "STOREFRONT_COVER_PICTURE": "demo/cover-shelf.svg",
    "STOREFRONT_ADDRESS_LINE": "Cap & Kettle, Saalestraße 12, 06114 Halle, Germany.",
    # Whoever tries paying, declining and cancelling is no card tester.
    "STOREFRONT_LIMIT_PAYMENTS": "60 per 10 minutes",
    # So that the demo has something that waits for a second person.
    "STOREFRONT_REFUND_ALONE_UP_TO": "100",
}

_HEADER = """\
# Written by `make run` and read by every `storefront` command; the environment wins over it.
# Addresses and paths are written anew at each run; every other line is kept, and more may be added.
"""


@dataclass(frozen=True, slots=True)
class Instance:
    """One installation: its folder, its ports on 127.0.0.1 and all settings its commands start with."""

    folder: Path
    port: int
    sandbox_port: int
    environ: Mapping[str, str]
    file: Mapping[str, str]

    @property
    def has_sandbox(self) -> bool:
        """Whether payments go to the sandbox; not when the key is Stripe's own."""
        return self.environ["STOREFRONT_STRIPE_SECRET_KEY"].startswith(SANDBOX_KEY)

    @property
    def database_url(self) -> str:
        """The database's address, as the settings name it."""
        return self.environ["STOREFRONT_DATABASE_URL"]

    @property
    def origin(self) -> str:
        """The shop's address for people."""
        return self.environ["STOREFRONT_ORIGIN"]

    @property
    def other_origins(self) -> list[str]:
        """Its further addresses."""
        return self.environ["STOREFRONT_OTHER_ORIGINS"].replace(",", " ").split()

    @property
    def keeps_mail(self) -> bool:
        """Whether mails are to be read in the shop's own mailbox."""
        return self.environ["STOREFRONT_SMTP_URL"] == "mailbox:"

    def write(self) -> None:
        """Write `run.env` (mode 0600) in one step, so that no reader meets half a file."""
        text = _HEADER + "".join(f"{name}={value}\n" for name, value in self.file.items())
        part = self.folder / f"run.env.{os.getpid()}"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        part.replace(self.folder / "run.env")


def load(environ: Mapping[str, str]) -> Instance:
    """The installation that `environ` asks for; makes its folder. Raises CannotStart."""
    folder = ROOT / environ.get("STOREFRONT_INSTANCE_DIR", "instance")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = _read(folder / "run.env")
    kept = _CHOICES | written
    for name, make in _SECRETS.items():
        kept.setdefault(name, make())
    port = _port(environ, "PORT", "8000")
    sandbox_port = _port(environ, "STOREFRONT_SANDBOX_PORT", "8010")
    has_sandbox = (kept | dict(environ))["STOREFRONT_STRIPE_SECRET_KEY"].startswith(SANDBOX_KEY)
    addresses = _addresses(folder, port) | (
        _sandbox_addresses(folder, port, sandbox_port) if has_sandbox else {}
    )
    if has_sandbox and not written:
        kept |= _DEMO
    if not has_sandbox:
        kept = {name: text for name, text in kept.items() if name not in _sandbox_addresses(folder, port, 0)}
    file = kept | {name: environ.get(name, text) for name, text in addresses.items()}
    return Instance(folder, port, sandbox_port, file | dict(environ), file)


def _addresses(folder: Path, port: int) -> dict[str, str]:
    return {
        "STOREFRONT_INSTANCE_DIR": str(folder),
        "STOREFRONT_DATABASE_URL": f"sqlite:///{folder / 'shop.db'}",
        "STOREFRONT_ORIGIN": f"http://localhost:{port}",
        "STOREFRONT_OTHER_ORIGINS": f"http://127.0.0.1:{port}",
    }


def _sandbox_addresses(folder: Path, port: int, sandbox_port: int) -> dict[str, str]:
    return {
        "STOREFRONT_STRIPE_API_URL": f"http://127.0.0.1:{sandbox_port}",
        "STOREFRONT_PAYMENT_ORIGIN": f"http://localhost:{sandbox_port}",
        "STOREFRONT_SANDBOX_STATE": str(folder / "sandbox.db"),
        "STOREFRONT_SANDBOX_PORT": str(sandbox_port),
        "STOREFRONT_SANDBOX_WEBHOOK_URL": f"http://127.0.0.1:{port}/webhooks/stripe",
    }


def _port(environ: Mapping[str, str], name: str, default: str) -> int:
    text = environ.get(name, default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise CannotStart(f"{name} cannot be used: a port is a number from 1 to 65535, not {text!r}.")
    return int(text)


def _read(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    lines = (
        line.partition("=")
        for line in file.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    return {name.strip(): value.strip() for name, equals, value in lines if equals}
