"""Fixtures that every room shares. `make test` starts the real PostgreSQL, Redis and Solr that they use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ckan.plugins
import pytest
from ckan.common import config
from ckan.lib import jobs
from ckan.tests import helpers
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))

from support import people
from support.cleaning import empty_everything
from support.web_source import WebSource

# A busy machine is no fault of what is tested.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

SHARED_SAMPLES = Path(__file__).resolve().parent.parent.parent / "shared" / "samples"


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real files beside the checkout; without it the test says so and is skipped."""
    if not SHARED_SAMPLES.is_dir():
        pytest.skip(f"needs the real files in {SHARED_SAMPLES}, which are not there")
    return SHARED_SAMPLES


@pytest.fixture(scope="session")
def _loaded_plugins() -> Iterator[None]:
    ckan.plugins.load_all()
    yield
    ckan.plugins.unload_all()


@pytest.fixture
def with_plugins(_loaded_plugins: None) -> None:
    """The portal's plugins, loaded once for all tests (CKAN's fixture of this name loads them for each test anew)."""


@pytest.fixture
def clean_db(with_plugins: None) -> None:
    """An empty portal: databases, DataStore, Redis, search index and stored files."""
    empty_everything()


@pytest.fixture
def clean_index(clean_db: None) -> None:
    """Part of `clean_db`."""


@pytest.fixture(scope="session")
def _web_application(_loaded_plugins: None) -> Any:
    return helpers._get_test_app()


@pytest.fixture
def app(clean_db: None, _web_application: Any) -> Any:
    """CKAN's test client (`app.get("/dataset")`) on an empty portal."""
    return _web_application


@pytest.fixture
def request_context(app: Any) -> Iterator[None]:
    """Inside a request, where url_for and translations work."""
    with app.flask_app.test_request_context():
        yield


@pytest.fixture
def organization(clean_db: None) -> dict[str, Any]:
    """An office that publishes."""
    return people.make_organization()


@pytest.fixture
def officer(organization: dict[str, Any]) -> people.Person:
    """An editor of `organization`."""
    return people.make_person(organization=organization["id"])


@pytest.fixture
def manager(organization: dict[str, Any]) -> people.Person:
    """An administrator of `organization`."""
    return people.make_person(organization=organization["id"], role="admin")


@pytest.fixture
def outsider(clean_db: None) -> people.Person:
    """A user with an account who belongs to no organization."""
    return people.make_person()


@pytest.fixture
def administrator(clean_db: None) -> people.Person:
    """A sysadmin."""
    return people.make_person(sysadmin=True)


@pytest.fixture
def web_source() -> Iterator[WebSource]:
    """A local HTTP server that answers what the test tells it to."""
    source = WebSource()
    yield source
    source.close()


@pytest.fixture
def run_jobs(_web_application: Any) -> Callable[[], None]:
    """Call it to let a real background worker do every waiting job, each in a forked process, and return when done."""

    def run() -> None:
        jobs.Worker([jobs.DEFAULT_QUEUE_NAME, "later"]).work(burst=True, logging_level="WARNING")

    return run


@pytest.fixture(scope="module")
def portal_server() -> Iterator[str]:
    """The address of a live portal (gunicorn, background workers, scheduler) on the same services as the other tests.

    It shares its data with `clean_db`, so what a test makes through actions is seen there, and emptied by the next test.
    It ends with the module: its workers and scheduler would take the jobs of other modules' tests.
    """
    from ops import testing

    with testing.live_site(Path(config["__file__"])) as url:
        yield url
