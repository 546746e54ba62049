"""The second wall: the label ``public`` is withheld whatever the database says, until the gate granted it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.common import config
from ckan.exceptions import CkanConfigurationException
from ckan.lib import search
from ckan.lib.plugins import DefaultPermissionLabels, get_permission_labels
from ckan.plugins import IPermissionLabels, SingletonPlugin, implements
from ckan.plugins.core import _PLUGINS_SERVICE
from support.people import Person, act, dataset_fields
from twins import set_live

from ckanext.opencohesion.quality.visibility import GateLabels, refuse_conflict
from ckanext.opencohesion.quality.visibility.labels import EDITOR, OFFICE

pytestmark = pytest.mark.usefixtures("clean_db")


def labels(package: model.Package) -> list[str]:
    return get_permission_labels().get_dataset_labels(package)


@pytest.fixture
def package(organization: dict[str, Any]) -> model.Package:
    """A dataset that the database calls public and the gate has not granted."""
    created = act("package_create", **dataset_fields(organization["id"]))
    set_live(created["id"], live=False)
    package = model.Package.get(created["id"])
    package.private = False
    model.Session.commit()
    return package


def test_public_in_the_database_is_not_enough(package: model.Package, organization: dict[str, Any]) -> None:
    assert not package.private
    assert labels(package) == [f"member-{organization['id']}", OFFICE]


def test_what_the_gate_granted_is_public(package: model.Package) -> None:
    set_live(package.id, live=True)
    assert labels(package) == ["public"]


def test_what_its_owner_wants_private_stays_private_even_if_granted(package: model.Package) -> None:
    set_live(package.id, live=True)
    package.private = True
    assert "public" not in labels(package)


def test_a_dataset_without_a_row_of_the_gate_is_held_back(package: model.Package) -> None:
    model.Session.execute(sa.text("DELETE FROM oc_dataset_state"))
    assert "public" not in labels(package)


def test_an_exempt_type_is_ckans_own_business(package: model.Package) -> None:
    package.type = "harvest"
    assert labels(package) == ["public"]


def test_an_unknown_type_stays_closed_even_if_a_row_says_live(package: model.Package) -> None:
    set_live(package.id, live=True)
    package.type = "showcase"
    assert "public" not in labels(package)


def test_a_draft_is_its_organizations_editors_own(
    package: model.Package, organization: dict[str, Any]
) -> None:
    set_live(package.id, live=True)
    package.state = "draft"
    assert labels(package) == [f"{EDITOR}{organization['id']}"]


def test_without_an_organization_the_creator_sees_it(package: model.Package) -> None:
    package.owner_org = None
    assert labels(package) == [f"creator-{package.creator_user_id}", OFFICE]


def test_when_the_gates_state_can_not_be_read_it_is_closed(package: model.Package) -> None:
    set_live(package.id, live=True)
    model.Session.execute(sa.text("ALTER TABLE oc_dataset_state RENAME TO oc_dataset_state_gone"))
    try:
        assert "public" not in labels(package)
    finally:
        model.Session.rollback()
    assert labels(package) == ["public"]


def test_the_page_and_the_search_are_closed_though_the_database_says_public(
    package: model.Package, app: Any, officer: Person, outsider: Person
) -> None:
    """The first wall alone would let this dataset through; the second one holds."""
    search.rebuild(package.id)
    for headers in ({}, outsider.headers):
        assert app.get(f"/dataset/{package.name}", headers=headers).status_code == 404
        found = app.get(
            "/api/3/action/package_search", query_string={"include_private": True}, headers=headers
        )
        assert found.json["result"]["count"] == 0
        tagged = app.get("/api/3/action/tag_show?id=prova&include_datasets=true", headers=headers)
        assert package.id not in tagged.text
    assert app.get(f"/dataset/{package.name}", headers=officer.headers).status_code == 200


class OtherLabels(SingletonPlugin, DefaultPermissionLabels):
    """A plugin that decides who sees datasets and does not know the gate."""

    implements(IPermissionLabels)


class KnowingLabels(SingletonPlugin, GateLabels):
    """A plugin that decides who sees datasets, by the gate's rule and its own."""

    implements(IPermissionLabels)


def put_first(plugin: SingletonPlugin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let CKAN ask this plugin before all others, as if it were the first of ``ckan.plugins``."""
    plugin.name = "other_labels"
    monkeypatch.setitem(_PLUGINS_SERVICE, plugin.name, plugin)
    monkeypatch.setitem(config, "ckan.plugins", [plugin.name, *config["ckan.plugins"]])
    assert get_permission_labels() is plugin


def test_the_portal_starts_when_the_gate_is_asked() -> None:
    refuse_conflict()
    assert get_permission_labels().name == "opencohesion_quality"


def test_another_rule_before_the_gate_stops_the_portal_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_first(OtherLabels(), monkeypatch)
    with pytest.raises(CkanConfigurationException, match=r"'other_labels'.*Put 'opencohesion_quality' first"):
        refuse_conflict()


def test_another_rule_that_takes_over_the_gates_may_stand_first(monkeypatch: pytest.MonkeyPatch) -> None:
    put_first(KnowingLabels(), monkeypatch)
    refuse_conflict()
