"""Records come into the DataStore through the gate and no other way."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit as tk
from support.people import Person, act, dataset_fields
from twins import World

from ckanext.opencohesion.quality.token import GATE_KEY, GATE_TOKEN

WRITES: list[tuple[str, dict[str, Any]]] = [
    (
        "datastore_create",
        {"resource_id": "{resource}", "force": True, "records": [{"codice": "contrabbando"}]},
    ),
    (
        "datastore_create",
        {"resource_id": "{resource}", "force": True, "fields": [{"id": "altra"}], "delete_fields": True},
    ),
    (
        "datastore_upsert",
        {"resource_id": "{resource}", "force": True, "method": "insert", "records": [{"codice": "x"}]},
    ),
    ("datastore_delete", {"resource_id": "{resource}", "force": True}),
    ("datastore_delete", {"resource_id": "{resource}", "force": True, "filters": {"_id": 1}}),
    ("datastore_records_delete", {"resource_id": "{resource}", "force": True, "filters": {}}),
    ("datastore_create", {"resource": {"package_id": "{package}"}, "records": [{"codice": "contrabbando"}]}),
    ("datastore_create", {"resource": {"package_id": "{name}"}, "records": [{"codice": "contrabbando"}]}),
]


def filled(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(inner, words) for key, inner in value.items()}
    return value.format(**words) if isinstance(value, str) else value


@pytest.mark.parametrize(("action", "data"), WRITES, ids=[action for action, _ in WRITES])
@pytest.mark.parametrize("twin_name", ["live", "held"])
def test_no_client_writes_records_past_the_gate(
    action: str, data: dict[str, Any], twin_name: str, world: World, browser: Any
) -> None:
    twin = getattr(world, twin_name)
    words = {"resource": twin.resource_id, "package": twin.id, "name": twin.name}
    before = act("datastore_search", resource_id=twin.resource_id)["records"]
    for person in (world.editor, world.administrator):
        answer = browser.post(f"/api/3/action/{action}", json=filled(data, words), headers=person.headers)
        assert answer.status_code == 409, answer.text
        assert answer.json["error"]["resource_id"]
    assert act("datastore_search", resource_id=twin.resource_id)["records"] == before
    assert len(act("package_show", id=twin.id)["resources"]) == 2


def test_ignore_auth_is_not_the_gates_key(world: World) -> None:
    data = {"resource_id": world.live.resource_id, "force": True, "records": [{"codice": "contrabbando"}]}
    for context in (
        {"ignore_auth": True},
        {"ignore_auth": True, GATE_KEY: True},
        {"ignore_auth": True, GATE_KEY: "x"},
    ):
        with pytest.raises(tk.ValidationError):
            tk.get_action("datastore_create")({"user": world.editor.name, **context}, dict(data))


@pytest.mark.parametrize(
    "action", ["datastore_function_create", "datastore_function_delete", "datastore_run_triggers"]
)
def test_functions_and_triggers_are_for_sysadmins(action: str, world: World, browser: Any) -> None:
    data = {
        "name": "f",
        "definition": "BEGIN RETURN NEW; END;",
        "rettype": "trigger",
        "resource_id": world.live.resource_id,
    }
    assert browser.post(f"/api/3/action/{action}", json=data, headers=world.editor.headers).status_code == 403


class TestOwnPortal:
    """On a portal of its own: these tests write."""

    def test_the_gate_writes(self, clean_db: None, organization: dict[str, Any], officer: Person) -> None:
        dataset = act("package_create", **dataset_fields(organization["id"], private=True))
        resource = act(
            "resource_create", package_id=dataset["id"], name="tabella", url="https://example.org/a.csv"
        )
        context: dict[str, Any] = {"user": officer.name, "ignore_auth": True, GATE_KEY: GATE_TOKEN}
        table = {"resource_id": resource["id"], "force": True, "records": [{"codice": "provato"}]}
        tk.get_action("datastore_create")(context, table)
        assert act("datastore_search", resource_id=resource["id"])["total"] == 1

    def test_a_dataset_that_is_none_of_the_gates_business_takes_records(
        self, clean_db: None, organization: dict[str, Any], officer: Person
    ) -> None:
        dataset = act("package_create", **dataset_fields(organization["id"], private=True))
        resource = act(
            "resource_create", package_id=dataset["id"], name="tabella", url="https://example.org/a.csv"
        )
        tk.config["ckanext.opencohesion.quality.guarded_types"].remove("dataset")
        try:
            context: dict[str, Any] = {"user": officer.name, "ignore_auth": True}
            table = {"resource_id": resource["id"], "force": True, "records": [{"codice": "libero"}]}
            tk.get_action("datastore_create")(context, table)
        finally:
            tk.config["ckanext.opencohesion.quality.guarded_types"].append("dataset")
        assert act("datastore_search", resource_id=resource["id"])["total"] == 1
