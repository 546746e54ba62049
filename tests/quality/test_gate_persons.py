"""Who may have a dataset checked, change it, or decide against the verdict on it."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit as tk
from gate_world import (
    BROKEN,
    call,
    live_dataset,
    new_dataset,
    seen_by_all,
    status,
    table,
    upload,
    with_file,
)
from support.people import Person

pytestmark = pytest.mark.usefixtures("request_context")


@pytest.fixture
def live(officer: Person, organization: dict[str, Any]) -> dict[str, Any]:
    """A live dataset with one resource whose file is GOOD."""
    return live_dataset(officer, organization)


def test_others_may_not_check_change_or_override(
    officer: Person, outsider: Person, live: dict[str, Any]
) -> None:
    for action in ("check", "staged_discard", "override"):
        with pytest.raises(tk.NotAuthorized):
            call(
                outsider,
                f"opencohesion_quality_{action}",
                id=live["id"],
                reason="Perché sì, perché lo dico io.",
            )
    with pytest.raises(tk.NotAuthorized):
        call(outsider, "resource_patch", id=live["resources"][0]["id"], upload=upload(BROKEN))


def test_the_uploader_may_not_override(
    manager: Person, organization: dict[str, Any], ckan_config: Any, administrator: Person
) -> None:
    ckan_config["ckanext.opencohesion.quality.data_office"] = organization["name"]
    reason = "La colonna vuota è prevista dalla delibera 12 del 2026."
    try:
        dataset = new_dataset(manager, organization, private=False)
        with_file(manager, dataset, BROKEN)
        with pytest.raises(tk.NotAuthorized):
            call(manager, "opencohesion_quality_override", id=dataset["id"], reason=reason)
        call(administrator, "opencohesion_quality_override", id=dataset["id"], reason=reason)
    finally:
        ckan_config["ckanext.opencohesion.quality.data_office"] = None
    shown = seen_by_all(dataset)
    assert shown is not None
    assert shown["quality_status"] == "overridden"
    report = tk.get_action("opencohesion_quality_report_show")({"user": ""}, {"id": dataset["id"]})
    assert report["overrides"][0]["reason"] == reason


def test_an_override_is_for_that_content_only(
    officer: Person, administrator: Person, organization: dict[str, Any]
) -> None:
    dataset = new_dataset(officer, organization, private=False)
    resource = with_file(officer, dataset, BROKEN)
    call(
        administrator,
        "opencohesion_quality_override",
        id=dataset["id"],
        reason="Una ragione lunga abbastanza.",
    )
    assert seen_by_all(dataset) is not None
    call(officer, "resource_patch", id=resource["id"], upload=upload(BROKEN + b'"";"018"\n'))
    shown = seen_by_all(dataset)
    assert shown is not None
    assert shown["resources"][0]["size"] == len(BROKEN)


def test_personal_tax_codes_can_not_be_overridden(
    officer: Person, administrator: Person, organization: dict[str, Any]
) -> None:
    leak = table('"RSSMRA85T10A562S";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"";"87100";"C"')
    dataset = new_dataset(officer, organization, private=False)
    with_file(officer, dataset, leak)
    assert status(dataset) == "failed"
    with pytest.raises(tk.ValidationError):
        call(
            administrator,
            "opencohesion_quality_override",
            id=dataset["id"],
            reason="Una ragione lunga abbastanza.",
        )
    report = call(officer, "opencohesion_quality_report_show", id=dataset["id"])
    assert "RSSMRA85T10A562S" not in str(report)
