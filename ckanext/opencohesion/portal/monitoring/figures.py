"""Figures of the portal's own work for Prometheus, read from the database when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from ckan import model
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ckanext.opencohesion.jobs.model import JOBS
from ckanext.opencohesion.portal.audit.model import AuditEntry, utcnow
from ckanext.opencohesion.portal.security import security_txt
from ckanext.opencohesion.quality.model import DatasetCheck, DatasetState, Override, Release, StagedChange

#: A question that takes longer is given up: monitoring must not be a burden.
TIMEOUT = "5s"


class Figures(Collector):
    """Collector of one scrape."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every family of figures."""
        with model.ensure_engine().begin() as connection:
            connection.execute(sa.text(f"SET LOCAL statement_timeout = '{TIMEOUT}'"))
            yield _grouped(
                connection, "opencohesion_jobs", "Background jobs kept", JOBS, JOBS.c.kind, JOBS.c.state
            )
            yield _queue_age(connection)
            yield _grouped(
                connection,
                "opencohesion_datasets",
                "Datasets by what the gate says of them",
                DatasetState,
                DatasetState.status,
                DatasetState.live,
            )
            yield _grouped(
                connection, "opencohesion_checks", "Checks by verdict", DatasetCheck, DatasetCheck.verdict
            )
            yield _grouped(
                connection,
                "opencohesion_staged_changes",
                "Changes of live datasets that wait",
                StagedChange,
                StagedChange.status,
            )
            yield _counted(connection, "opencohesion_overrides", "Publications against the verdict", Override)
            yield _counted(connection, "opencohesion_releases", "Published versions of files", Release)
            yield _failed_logins(connection)
        yield _security_txt()


def _grouped(
    connection: sa.Connection,
    name: str,
    text: str,
    table: object,
    *columns: sa.ColumnElement[object] | object,
) -> GaugeMetricFamily:
    labels = [str(column.key) for column in columns]  # pyright: ignore[reportAttributeAccessIssue]
    family = GaugeMetricFamily(name, text, labels=labels)
    query = sa.select(*columns, sa.func.count()).select_from(table).group_by(*columns)  # pyright: ignore
    for *values, count in connection.execute(query):
        family.add_metric([str(value).lower() for value in values], count)
    return family


def _counted(connection: sa.Connection, name: str, text: str, table: type) -> GaugeMetricFamily:
    count = connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    return GaugeMetricFamily(name, text, value=count)


def _queue_age(connection: sa.Connection) -> GaugeMetricFamily:
    oldest = connection.scalar(sa.select(sa.func.min(JOBS.c.queued)).where(JOBS.c.state == "queued"))
    seconds = (utcnow() - oldest).total_seconds() if oldest else 0
    return GaugeMetricFamily(
        "opencohesion_queue_age_seconds", "How long the oldest job waits", value=max(0, seconds)
    )


def _failed_logins(connection: sa.Connection) -> GaugeMetricFamily:
    recent = sa.select(sa.func.count()).where(
        AuditEntry.event == "login_failed", AuditEntry.at > utcnow() - timedelta(hours=1)
    )
    return GaugeMetricFamily(
        "opencohesion_failed_logins_hour",
        "Wrong passwords in the last hour",
        value=connection.scalar(recent) or 0,
    )


def _security_txt() -> GaugeMetricFamily:
    family = GaugeMetricFamily("opencohesion_security_txt_days", "Days until security.txt lapses")
    days = security_txt.days_left()
    if days is not None:
        family.add_metric([], days)
    return family
