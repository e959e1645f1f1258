"""The commands, from `storefront serve` to `storefront prove`.

Knows how a terminal is spoken to; refuses to hold any rule. Errors are a sentence and exit status 1.
"""

import functools
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import click
from flask import Flask

from storefront.cli.exporting import export_group
from storefront.cli.importing import import_group
from storefront.cli.people import staff_group
from storefront.cli.pictures import pictures_group
from storefront.cli.progress import Bar
from storefront.config import BadSettings
from storefront.errors import Refused


def main() -> None:
    """The console script: what people can act on is said in a sentence, without a traceback."""
    try:
        storefront(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (BadSettings, Refused) as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@click.group()
def storefront() -> None:
    """A shop and a magazine in one application."""


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the application as its first argument, inside its context."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from storefront import create_app

        app = create_app()
        with app.app_context():
            return command(app, *args, **kwargs)

    return run


@storefront.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes; as many as cores.")
@click.option("--threads", default=16, show_default=True, help="Threads of each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the shop's pages."""
    from storefront.cli.serving import serve as run

    run(host, port, workers, threads)


@storefront.command()
@click.option("--threads", default=2, show_default=True, help="Jobs done at the same time.")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
def work(threads: int, once: bool) -> None:
    """Do what is owed: mails, refunds, events, periodic work."""
    from storefront import create_app
    from storefront.jobs import work as run

    app, stop = create_app(), threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_args: stop.set())
    others = [
        threading.Thread(target=run, args=(app,), kwargs={"stop": stop, "once": once})
        for _ in range(threads - 1)
    ]
    for each in others:
        each.start()
    run(app, stop=stop, once=once)
    for each in others:
        each.join()


@storefront.group()
def db() -> None:
    """The database."""


@db.command()
@with_app
def upgrade(app: Flask) -> None:
    """Bring the database to this version."""
    from storefront.cli.upgrading import upgrade as run

    run(app)
    click.echo("The database is of this version.")


@storefront.group()
def demo() -> None:
    """The demo shop."""


@demo.command()
@with_app
def load(app: Flask) -> None:
    """Fill an empty database with the demo shop."""
    from storefront.config import settings
    from storefront.demo.journal import write
    from storefront.demo.loading import is_demo
    from storefront.demo.loading import load as fill
    from storefront.demo.readers import subscribe
    from storefront.demo.talk import say
    from storefront.demo.year import play

    with Bar("Demo shop") as bar:
        loaded = fill(bar.show)
    click.echo("The demo shop is loaded." if loaded else "There are goods already: they stay as they are.")
    if loaded or is_demo():
        # Before the orders, some of which come from it; what is said beneath it comes after them.
        write()
        with Bar("Its last year") as bar:
            play(bar.show, orders=settings().demo_orders)
        say()
        subscribe()


@storefront.command()
@with_app
def reconcile(app: Flask) -> None:
    """Compare with Stripe, and put right what events missed."""
    from storefront.webhooks.actions import reconcile_on_record as run

    with Bar("Reconcile") as bar:
        findings = run(progress=lambda what, done, of: bar.show(done, of, what=what))
    for what, count in findings.changed.items():
        if count:
            click.echo(f"{what}: {count} changed")
    for problem in findings.problems:
        click.echo(problem, err=True)
    click.echo(f"{findings.total} changed, {len(findings.problems)} need a person.")


@storefront.command()
@with_app
def prove(app: Flask) -> None:
    """Prove the books; exits 1 if there is a difference."""
    from storefront.reports.actions import prove_on_record as run

    differences = run()
    for difference in differences:
        click.echo(difference)
    click.echo("The books are right." if not differences else f"{len(differences)} differences.")
    sys.exit(1 if differences else 0)


@storefront.group()
def privacy() -> None:
    """What is known of people."""


@privacy.command("replay")
@with_app
def replay(app: Flask) -> None:
    """After a restore: erase again whom the backup brought back. Exits 1 where somebody is left."""
    from storefront.privacy.actions import replay as run

    done = run()
    for reason in done.refused:
        click.echo(reason, err=True)
    if done.foreign:
        click.echo(
            f"{done.foreign} lines were written under another STOREFRONT_SECRET_KEY and match nobody.",
            err=True,
        )
    click.echo(f"{done.erased} erased again, {len(done.refused)} not yet.")
    sys.exit(1 if done.refused or done.foreign else 0)


storefront.add_command(import_group)
storefront.add_command(pictures_group)
storefront.add_command(export_group)
storefront.add_command(staff_group)
