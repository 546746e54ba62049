"""A harvested record holds all of its dataset: who does not see the one is not shown the other."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckanext.harvest.model import HarvestJob, HarvestObject, HarvestSource
from support.people import Person
from twins import Twin, World


def harvested(twin: Twin | None) -> str:
    """Keep a record as a harvester would have and return its id; without a twin no dataset came of it."""
    source = HarvestSource(url=f"https://example.org/{id(twin)}", type="prova", title="Fonte di prova")
    job = HarvestJob(source=source)
    record = HarvestObject(guid="prova", source=source, job=job, current=True)
    record.content = f"record {twin.word}" if twin else "record orfano"
    record.package_id = twin.id if twin else None
    model.Session.add_all([source, job, record])
    model.Session.commit()
    return record.id


def test_a_harvested_record_is_for_those_who_see_its_dataset(world: World, browser: Any) -> None:
    def shown(person: Person | None, **parameters: str) -> Any:
        headers = person.headers if person else {}
        return browser.get("/api/3/action/harvest_object_show", query_string=parameters, headers=headers)

    live, held, orphan = harvested(world.live), harvested(world.held), harvested(None)
    for person in (None, world.outsider):
        assert f"record {world.live.word}" in shown(person, id=live).text
        for parameters in (
            {"id": held},
            {"dataset_id": world.held.id},
            {"dataset_id": world.held.name},
            {"id": orphan},
        ):
            refused = shown(person, **parameters)
            assert refused.status_code == 404
            assert "record" not in refused.text
    assert f"record {world.held.word}" in shown(world.member, id=held).text
    assert "record orfano" in shown(world.administrator, id=orphan).text
