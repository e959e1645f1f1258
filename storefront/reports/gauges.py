"""The shop's figures in Prometheus's format, read anew each time they are asked for.

Knows names and help texts of figures; refuses to keep any.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storefront import clock
from storefront.catalogue.models import Product, ProductState, Variant
from storefront.database import read
from storefront.orders.models import Order, OrderState
from storefront.reports.metrics import WHERE
from storefront.reports.queues import backlog, queues


def exposition(folder: Path) -> bytes:
    """All figures as text: durations of all processes whose files are in `folder`, and the database's. Five
    statements. Raises SQLAlchemyError."""
    os.makedirs(folder, exist_ok=True)
    where = os.environ.setdefault(WHERE, str(folder))
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=where)
    registry.register(_Shop())
    return bytes(generate_latest(registry))


class _Shop:
    """A collector of what the database says now."""

    def collect(self) -> Iterator[Any]:
        """One family of figures after another."""
        now = clock.now()
        yield from _orders()
        yield from _waiting_for_the_worker(now)
        yield from _waiting_for_people()
        yield from _stock()


def _gauge(name: str, about: str, value: float) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(f"storefront_{name}", about, value=value)


def _orders() -> Iterator[Any]:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily("storefront_orders", "Orders by state.", labels=("state",))
    counted = {state: int(count) for state, count in read(_BY_STATE)}
    for state in OrderState:
        family.add_metric((state.value,), counted.get(state, 0))
    yield family


_BY_STATE = sa.select(Order.state, sa.func.count()).group_by(Order.state)


def _waiting_for_the_worker(now: datetime) -> Iterator[Any]:
    found = backlog()
    yield _gauge("jobs_waiting", "Jobs that are due.", found.jobs_waiting)
    yield _gauge("jobs_running", "Jobs that a worker has.", found.jobs_running)
    yield _gauge("jobs_oldest_seconds", "How long the first job is due.", _age(found.oldest_job, now))
    yield _gauge("events_waiting", "Events from Stripe without effect yet.", found.events_waiting)
    yield _gauge("events_oldest_seconds", "How long the first event waits.", _age(found.oldest_event, now))
    yield _gauge("mails_owed", "Mails to be sent.", found.mails_owed)


def _waiting_for_people() -> Iterator[Any]:
    found = queues()
    yield _gauge("jobs_failed", "Jobs that gave up.", found.jobs_failed)
    yield _gauge("mails_refused", "Mails that no server took.", found.mails_refused)
    yield _gauge("mails_late", "Mails owed for longer than a quarter of an hour.", found.mails_late)
    yield _gauge("orders_to_pack", "Paid orders with goods to be sent.", found.to_pack)
    yield _gauge("refunds_waiting", "Refunds that wait for a second person.", found.refunds)
    yield _gauge("payments_in_review", "Payments that a person looks at.", found.payments)
    yield _gauge("disputes_open", "Disputes that are not decided.", found.disputes)


def _stock() -> Iterator[Any]:
    sold = (Product.state == ProductState.PUBLISHED, Variant.is_sold, Variant.on_hand == 0)
    count = sa.select(sa.func.count()).select_from(Variant).join(Product, Product.id == Variant.product_id)
    yield _gauge("variants_sold_out", "Variants that are offered and out.", read(count.where(*sold))[0][0])
    low = sa.select(sa.func.count()).select_from(Product).where(Product.state == ProductState.PUBLISHED)
    yield _gauge("products_published", "Products that are sold.", read(low)[0][0])


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
