"""The loader against a real portal: its API, its gate, its workers."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import requests
from support.people import Person, act

from demo.load import load
from demo.plans import DatasetPlan
from demo.portal_api import NotFoundError, Portal, PortalError
from demo.publish import Outcome, ensure_organization, outcome_of, send
from demo.real_files import real_plans
from demo.sample import sample_plans
from demo.write import write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write("18", tmp_path)
    return tmp_path


@pytest.fixture
def portal(portal_server: str, administrator: Person) -> Portal:
    return Portal(portal_server, administrator.token)


def publish(portal: Portal, plan: DatasetPlan, folder: Path, organization: str) -> Outcome:
    changed = send(portal, plan, folder, organization)
    return outcome_of(portal, plan, changed, until=time.monotonic() + 120)


def plan_of(name: str) -> DatasetPlan:
    return next(plan for plan in sample_plans("18") if plan.name == name)


def anonymous(portal: Portal, action: str, **values: Any) -> requests.Response:
    return requests.get(f"{portal.url}/api/3/action/{action}", params=values, timeout=60)


def test_a_good_dataset_goes_live_with_the_bytes_that_were_sent(portal: Portal, folder: Path) -> None:
    plan = plan_of("demo-pnrr-localizzazione")
    outcome = publish(portal, plan, folder, ensure_organization(portal, "18"))
    assert (outcome.live, outcome.reasons) == (True, ())
    shown = anonymous(portal, "package_show", id=plan.name).json()["result"]
    assert len(shown["resources"]) == len(plan.files) == 2
    for file, resource in zip(plan.files, shown["resources"], strict=True):
        assert requests.get(resource["url"], timeout=60).content == (folder / file.path).read_bytes()


def test_a_bad_dataset_is_held_back_with_a_sentence_that_says_why(portal: Portal, folder: Path) -> None:
    plan = plan_of("demo-difetto-zeri-territorio")
    outcome = publish(portal, plan, folder, ensure_organization(portal, "18"))
    assert outcome.status == "failed"
    assert "Codice Provincia" in outcome.reasons[0]
    assert anonymous(portal, "package_show", id=plan.name).status_code in (403, 404)


def test_a_second_run_changes_nothing(portal: Portal, folder: Path) -> None:
    plans = [
        plan_of("demo-pnrr-pagamenti"),
        plan_of("demo-difetto-coda-vuota"),
        plan_of("demo-pnrr-localizzazione"),
    ]
    assert len(load(portal, "18", plans, folder)) == len(plans)
    before = [act("package_show", id=plan.name) for plan in plans]
    organization = ensure_organization(portal, "18")
    assert [publish(portal, plan, folder, organization).changed for plan in plans] == [False, False, False]
    assert [act("package_show", id=plan.name) for plan in plans] == before


def test_a_changed_file_is_sent_again(portal: Portal, folder: Path) -> None:
    plan = plan_of("demo-pnrr-pagamenti")
    organization = ensure_organization(portal, "18")
    publish(portal, plan, folder, organization)
    path = folder / plan.files[0].path
    path.write_bytes(path.read_bytes().rsplit(b"\r\n", 2)[0] + b"\r\n")
    outcome = publish(portal, plan, folder, organization)
    assert (outcome.changed, outcome.live) == (True, True)
    [resource] = anonymous(portal, "package_show", id=plan.name).json()["result"]["resources"]
    assert requests.get(resource["url"], timeout=60).content == path.read_bytes()


@pytest.mark.parametrize("region", ["09", "04"])
def test_every_dataset_s_metadata_is_accepted(portal: Portal, region: str, tmp_path: Path) -> None:
    write(region, tmp_path)
    plans = [plan for plan in sample_plans(region) if not plan.name.startswith("demo-difetto")]
    assert [outcome.status for outcome in load(portal, region, plans, tmp_path)] == ["passed"] * len(plans)


def test_real_files_take_the_same_road(portal: Portal, samples: Path) -> None:
    plans = {plan.name: plan for plan in real_plans("18", samples)[0]}
    chosen = [
        plans[name]
        for name in (
            "pnrr-soggetti-2023-calabria",
            "coesione-beni-confiscati-2018-calabria",
            "pnc-quadro-finanziario",
        )
    ]
    assert [outcome.status for outcome in load(portal, "18", chosen, samples)] == ["passed"] * len(chosen)
    for plan in chosen:
        assert act("package_show", id=plan.name)["license_id"] == plan.licence


def test_the_portal_s_refusal_is_a_sentence(portal: Portal) -> None:
    with pytest.raises(NotFoundError, match="package_show"):
        portal.action("package_show", id="no-such-dataset")
    with pytest.raises(PortalError, match="non risponde"):
        Portal("http://127.0.0.1:9", "no token").action("status_show")
