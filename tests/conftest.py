"""The machinery of the tests: one fresh, migrated database per test, on every engine that is there.

Knows how to start and stop things; refuses to hold data, which comes from `tests/builders.py`.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import MethodType, ModuleType
from typing import Any

import hypothesis
import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from storefront import clock, create_app, jobs
from storefront.config import Settings
from storefront.database import db
from storefront.payments import gateway
from tests.client import ShopClient, browser
from tests.counting import Counted, counting
from tests.databases import PostgresqlTemplate, SqliteTemplate, dispose, share_statements
from tests.environment import shop_environment
from tests.needs import needs_postgres
from tests.servers.loopback import App, LoopbackServer
from tests.servers.smtp import SmtpServer
from tests.servers.stripe import StripeStandIn

# Under CI a missing server fails every test that wants it.
_WANTS_POSTGRESQL = "STOREFRONT_TEST_POSTGRES_URL" in os.environ or os.environ.get("CI") == "true"
ENGINES = ["sqlite", "postgresql"] if _WANTS_POSTGRESQL else ["sqlite"]

# How long an example takes says how busy the machine is, not whether the rule holds.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")

# A Wednesday noon in the middle of a year: a few days around it cross no year and no clock change.
NOON = datetime(2026, 6, 17, 12, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Let the tests run without pytest's cache, too: our settings name its folder, which only it would know."""
    if pluginmanager.is_blocked("cacheprovider"):
        parser.addini("cache_dir", "where the cache would be")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes hours, unless it is asked for by its mark."""
    if "proof" not in config.option.markexpr:
        left_out = [item for item in items if item.get_closest_marker("proof")]
        items[:] = [item for item in items if not item.get_closest_marker("proof")]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the database engine; whatever uses it, directly or not, runs once on each."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """A migrated SQLite file, made once per worker and copied for each test."""
    return SqliteTemplate(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgresql_template(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[PostgresqlTemplate]:
    """A migrated PostgreSQL database, made once per worker; a copy of it is put right for each test."""
    template = PostgresqlTemplate(needs_postgres(), worker=worker_id)
    try:
        template.make(folder=tmp_path_factory.mktemp("template"))
        yield template
    finally:
        template.close()


@pytest.fixture
def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of the newest schema that holds what the migrations put there and nothing else."""
    url: str = request.getfixturevalue(f"{engine}_template").fresh(tmp_path)
    return url


@pytest.fixture
def make_settings(database_url: str, tmp_path: Path) -> Callable[..., Settings]:
    """Makes settings; overrides are texts by attribute name: `make_settings(currency="JPY")`."""

    def make(**overrides: str) -> Settings:
        environ = shop_environment(**{"database_url": database_url, "folder": tmp_path, **overrides})  # type: ignore[arg-type]
        return Settings.from_environ(environ)

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """Settings of a shop on this machine, none of them overridden."""
    return make_settings()


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once per worker: each test's app would compile its own, a third of a page test's time."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session", autouse=True)
def _seldom_collected(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is imported is never looked through again by Python's collector, and what tests leave behind is a tenth as
    often: each test makes an application, and two thirds of its making went into looking through all others."""
    folder = tmp_path_factory.mktemp("first")
    create_app(
        Settings.from_environ(shop_environment(database_url=f"sqlite:///{folder}/shop.db", folder=folder))
    )
    gc.collect()
    gc.freeze()
    young, *older = gc.get_threshold()
    gc.set_threshold(10 * young, *older)


@pytest.fixture(scope="session", autouse=True)
def _compiled_routes() -> Iterator[None]:
    """Each route's text read and compiled once per worker: it was two fifths of what all tests cost.

    What is made of it is of its text and defaults alone, so every app of the same routes gets the same.
    """
    compiled: dict[object, dict[str, Any]] = {}
    compile_anew = Rule.compile

    def compile_once(rule: Rule) -> None:
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, tuple((rule.defaults or {}).items()))
        if key in compiled:
            vars(rule).update(compiled[key], arguments=set(compiled[key]["arguments"]))
        else:
            compile_anew(rule)
            compiled[key] = {
                name: vars(rule)[name] for name in ("_parts", "_trace", "_converters", "arguments")
            }
            compiled[key] |= {name: vars(rule)[name].__func__ for name in ("_build", "_build_unknown")}
        for name in ("_build", "_build_unknown"):
            setattr(rule, name, MethodType(compiled[key][name], rule))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rule, "compile", compile_once)
        yield


@pytest.fixture
def make_app(
    make_settings: Callable[..., Settings], compiled_templates: FileSystemBytecodeCache
) -> Iterator[Callable[..., Flask]]:
    """Makes the shop with overridden settings, any number of times over the test's one database."""
    made: list[Flask] = []

    def make(**overrides: str) -> Flask:
        made.append(create_app(make_settings(**overrides)))
        made[-1].jinja_env.bytecode_cache = compiled_templates
        share_statements(made[-1])
        return made[-1]

    yield make
    for app in made:
        dispose(app)


@pytest.fixture
def app(make_app: Callable[..., Flask], request: pytest.FixtureRequest) -> Flask:
    """The shop; it uses the servers that the test asks for besides, `sandbox` and `smtp`."""
    overrides: dict[str, str] = {}
    for name in {"sandbox", "smtp"} & set(request.fixturenames):
        overrides |= request.getfixturevalue(name).settings
    made = make_app(**overrides)
    if "sandbox" in request.fixturenames:
        request.getfixturevalue("sandbox").shop = made
    return made


@pytest.fixture
def client(app: Flask) -> ShopClient:
    """A browser without cookies, outside any app context, as requests are."""
    return browser(app)


@pytest.fixture
def inside(app: Flask, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The shop with its context pushed, for tests that call actions and queries.

    Not beside `client`: its requests would then share this context's session, which no request does.
    """
    if "client" in request.fixturenames:
        pytest.fail("`inside` and `client` exclude each other: use `with app.app_context():` beside a client")
    with app.app_context():
        yield app


@pytest.fixture
def frozen() -> Iterator[ModuleType]:
    """Time stands still at NOON for every thread; `frozen.advance(timedelta(days=1))` moves it."""
    with clock.frozen(NOON):
        yield clock


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[Counted]]:
    """`with count_queries() as counted: …` and then `counted.selects`, `counted.writes`, `str(counted)`."""
    with app.app_context():
        bound = db.engine
    return lambda: counting(bound)


@pytest.fixture
def drain(app: Flask) -> Callable[[], int]:
    """Runs every job that is due, and tells how many ran; outside an app context, as the worker is."""
    return lambda: jobs.drain(app)


@pytest.fixture
def serve() -> Iterator[Callable[..., LoopbackServer]]:
    """Serves WSGI apps on ports of this machine: `serve(app).url`; or `serve()`, and `.app = …` later."""
    servers: list[LoopbackServer] = []

    def start(app: App | None = None) -> LoopbackServer:
        servers.append(LoopbackServer(app))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeStandIn]:
    """The sandbox on a port of this machine; `app` uses it, and gets its webhooks by `sandbox.deliver()`."""
    # It shares two cores with other tests: what wants an impatient shop says so.
    monkeypatch.setattr(gateway, "TIMEOUTS", (5.0, 30.0))
    stand_in = StripeStandIn(tmp_path)
    yield stand_in
    stand_in.close()


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    """A mail server that keeps what it is sent; `app` sends its mail there."""
    server = SmtpServer()
    yield server
    server.close()
