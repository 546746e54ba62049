"""Two datasets alike in everything, one live and one held back, and the people who look at them.

Each word that tells of a twin is its own, so that any channel can be searched for it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk
from support.people import Person, act, dataset_fields, make_organization, make_person
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.quality.model import DatasetState
from ckanext.opencohesion.quality.token import GATE_KEY, GATE_TOKEN


def set_live(package_id: str, live: bool) -> None:
    """Say that a dataset is live or not, past the gate: what a verdict would have led to."""
    state = model.Session.get(DatasetState, package_id) or DatasetState(package_id=package_id)
    state.live, state.wants_public, state.status = live, True, "passed" if live else "failed"
    model.Session.add(state)
    model.Session.query(model.Package).filter_by(id=package_id).update({"private": not live})
    model.Session.commit()
    search.rebuild(package_id)


@dataclass(frozen=True)
class Twin:
    """A dataset, and every word that tells of it."""

    word: str
    id: str
    name: str
    title: str
    tag: str
    format: str
    resource_id: str
    link_id: str
    link: str
    view_id: str
    view_title: str
    content: str
    record: str
    task_id: str
    activity_ids: tuple[str, ...]

    @property
    def filename(self) -> str:
        return f"{self.word}.csv"

    def traces(self) -> set[str]:
        """Return what must not be read anywhere if the twin is held back."""
        shared = ("activity_ids", "format")  # every form offers every format
        known = {getattr(self, field) for field in self.__dataclass_fields__ if field not in shared}
        return known | set(self.activity_ids)


@dataclass(frozen=True)
class World:
    """A portal with the twins, an organization and a group that hold them, and who looks."""

    organization: dict[str, Any]
    group: dict[str, Any]
    live: Twin
    held: Twin
    editor: Person
    member: Person
    outsider: Person
    administrator: Person


def make_world() -> World:
    """Make the twins in one organization and one group. The member only reads; the outsider follows the group."""
    organization = make_organization()
    group = act("group_create", name="insieme", title="Insieme")
    editor = make_person(organization=organization["id"])
    member = make_person(organization=organization["id"], role="member")
    outsider, administrator = make_person(), make_person(sysadmin=True)
    live = make_twin("zampogna", "GMZ", organization, group, editor, live=True)
    held = make_twin("quetzal", "WARC", organization, group, editor, live=False)
    for twin in (live, held):
        act(
            "package_relationship_create", subject=twin.id, object=live.id, type="links_to", comment=twin.word
        )
    as_outsider = {"user": outsider.name}
    for action, followed in (
        ("follow_group", group["id"]),
        ("follow_user", editor.name),
        ("follow_dataset", live.id),
    ):
        tk.get_action(action)(as_outsider | {"ignore_auth": True}, {"id": followed})
    tk.get_action("follow_dataset")(as_outsider | {"ignore_auth": True}, {"id": held.id})
    return World(organization, group, live, held, editor, member, outsider, administrator)


def make_twin(
    word: str,
    file_format: str,
    organization: dict[str, Any],
    group: dict[str, Any],
    editor: Person,
    *,
    live: bool,
) -> Twin:
    """Make a dataset with an uploaded and a linked file, a view, records in the DataStore, a task, activities."""
    as_editor: dict[str, Any] = {"user": editor.name, "ignore_auth": True}
    content = f"{word}-nel-file"
    fields = dataset_fields(
        organization["id"],
        name=f"dati-{word}",
        title=f"Titolo {word}",
        notes=f"Descrizione {word}",
        tag_string=f"gemello-{word},gemello",
        groups=[{"id": group["id"]}],
        private=True,  # the wish comes last: nothing goes live before the helper says so
    )
    dataset = tk.get_action("package_create")(dict(as_editor), fields)
    upload = FileStorage(io.BytesIO(f"codice;valore\n1;{content}\n".encode()), filename=f"{word}.csv")
    resource = tk.get_action("resource_create")(
        dict(as_editor),
        {"package_id": dataset["id"], "name": f"gemello caricato {word}", "format": "CSV", "upload": upload},
    )
    link = f"https://example.org/{word}/collegato.csv"
    linked = tk.get_action("resource_create")(
        dict(as_editor),
        {
            "package_id": dataset["id"],
            "name": f"gemello collegato {word}",
            "format": file_format,
            "url": link,
        },
    )
    view = tk.get_action("resource_view_create")(
        dict(as_editor),
        {"resource_id": resource["id"], "view_type": "datatables_view", "title": f"Tabella {word}"},
    )
    record = f"{word}-nel-datastore"
    tk.get_action("datastore_create")(
        {**as_editor, GATE_KEY: GATE_TOKEN},
        {"resource_id": resource["id"], "force": True, "records": [{"codice": record}]},
    )
    if live:
        set_live(dataset["id"], live)
    tk.get_action("package_patch")(
        dict(as_editor), {"id": dataset["id"], "notes": f"Descrizione mutata {word}"}
    )
    set_live(dataset["id"], live)
    task = act(
        "task_status_update",
        entity_id=resource["id"],
        entity_type="resource",
        task_type="prova",
        key="prova",
        value=word,
    )
    activities = act("package_activity_list", id=dataset["id"], include_hidden_activity=True)
    return Twin(
        word=word,
        id=dataset["id"],
        name=f"dati-{word}",
        title=f"Titolo {word}",
        tag=f"gemello-{word}",
        format=file_format,
        resource_id=resource["id"],
        link_id=linked["id"],
        link=link,
        view_id=view["id"],
        view_title=f"Tabella {word}",
        content=content,
        record=record,
        task_id=task["id"],
        activity_ids=tuple(activity["id"] for activity in activities),
    )
