"""Fixtures of the quality room's tests."""

from __future__ import annotations

from typing import Any

import pytest
from support.cleaning import empty_everything
from twins import World, make_world


@pytest.fixture(scope="module")
def world(_web_application: Any) -> World:
    """The twins (see ``twins``), made once for all tests of a module, which only read them."""
    empty_everything()
    with _web_application.flask_app.test_request_context():
        return make_world()


@pytest.fixture(scope="module")
def browser(world: World, _web_application: Any) -> Any:
    """CKAN's test client on the portal of the twins."""
    return _web_application
