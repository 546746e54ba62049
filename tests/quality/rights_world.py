"""A portal with one dataset in every state of the gate, each with words of its own, and one person of every role.

Every word begins with ``zq``: a word that stands in an answer tells which secret has leaked.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk
from support.people import Person, act, dataset_fields, make_organization, make_person
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.quality.model import DatasetState, utcnow
from ckanext.opencohesion.quality.state import HELD_BACK

AT_ONCE = "ckanext.opencohesion.quality.check_at_once_bytes"
OFFICE = "ckanext.opencohesion.quality.data_office"

#: Members of the office whose dataset it is; who may change it among them; who else is in the same portal.
MEMBERS = ("member", "editor", "admin", "sysadmin")
EDITORS = ("editor", "admin", "sysadmin")
STRANGERS = ("anonymous", "outsider", "other_admin")


@dataclass
class Case:
    """A dataset in one state: what is asked for, what tells of it, and who may see that.

    ``secret``: words seen by ``seen_by`` alone; ``public``: words that everybody sees.
    """

    state: str
    word: str
    id: str
    name: str
    resource_id: str
    secret: tuple[str, ...]
    public: tuple[str, ...] = ()
    seen_by: tuple[str, ...] = MEMBERS
    view_id: str = "00000000-0000-0000-0000-000000000000"
    activity_id: str = "00000000-0000-0000-0000-000000000000"

    @property
    def words(self) -> dict[str, str]:
        """What addresses are filled with."""
        return {
            **{
                name: getattr(self, name)
                for name in ("word", "id", "name", "resource_id", "view_id", "activity_id")
            },
            "tag": f"{self.word}-tag",
            "filename": f"{self.word}.csv",
        }


@dataclass
class Portal:
    """All of it; people by role."""

    organization: dict[str, Any]
    group: dict[str, Any]
    people: dict[str, Person | None]
    uploader: str
    cases: list[Case] = field(default_factory=list)
    #: What of the configuration has to hold when it is asked.
    config: dict[str, Any] = field(default_factory=dict)

    def forbidden(self, role: str) -> set[str]:
        """Return the words that a role may not read anywhere."""
        return {word for case in self.cases if role not in case.seen_by for word in case.secret}


def make_portal() -> Portal:
    """Make it, on an empty portal and inside a request."""
    organization = make_organization(name="ufficio")
    other, office = make_organization(name="altro-ufficio"), make_organization(name="ufficio-dati")
    group = act("group_create", name="insieme", title="Insieme")
    tk.config[OFFICE] = office["name"]
    people: dict[str, Person | None] = {
        "anonymous": None,
        "outsider": make_person(),
        "member": make_person(organization=organization["id"], role="member"),
        "editor": make_person(organization=organization["id"]),
        "admin": make_person(organization=organization["id"], role="admin"),
        "other_admin": make_person(organization=other["id"], role="admin"),
        "office": make_person(organization=office["id"], role="admin"),
        "sysadmin": make_person(sysadmin=True),
    }
    uploader = make_person(organization=organization["id"])
    portal = Portal(organization, group, people, uploader.name)
    _Maker(portal, uploader).make()
    portal.config = {name: tk.config[name] for name in (AT_ONCE, OFFICE)}
    return portal


def table(word: str, broken: bool = False) -> bytes:
    return f"comune;nota\nCosenza;{word}cella\n{'a;b;c' if broken else 'Crotone;b'}\n".encode()


@dataclass
class _Maker:
    portal: Portal
    uploader: Person

    def make(self) -> None:
        """One dataset in every state. What comes later must not check or finish what is to stay as it is."""
        self.case("live", secret=False)
        self.staged("live with planned change", "programmato", hold=True)
        refused = self.staged("live with refused change", "rifiutato", broken=True)
        refused.seen_by = (*EDITORS, "office")  # which may decide otherwise
        self.staged("live with staged", "aperto", checked=False)
        self.withdrawn()
        self.deleted()
        self.case("failed", broken=True)
        self.case("private", private=True)
        self.case("planned", hold=True)
        self.case("awaiting", status="awaiting_approval", hold=True)
        self.protected()
        tk.config[AT_ONCE] = 0
        self.case("pending")
        self.draft()

    def act(self, action: str, /, **data: Any) -> Any:
        return tk.get_action(action)({"user": self.uploader.name, "ignore_auth": True}, data)

    def dataset(self, word: str, **fields: Any) -> dict[str, Any]:
        known = {
            "name": f"{word}-nome",
            "title": f"Titolo {word}",
            "notes": f"Descrizione {word}",
            "tag_string": f"{word}-tag,comune-a-tutti",
            "groups": [{"id": self.portal.group["id"]}],
        }
        return self.act("package_create", **dataset_fields(self.portal.organization["id"], **known | fields))

    def file(self, dataset: dict[str, Any], word: str, **fields: Any) -> dict[str, Any]:
        values = {"name": f"File {word}", "format": "CSV", "upload": upload(table(word), word), **fields}
        return self.act("resource_create", package_id=dataset["id"], **values)

    def case(
        self,
        state: str,
        *,
        secret: bool = True,
        private: bool = False,
        broken: bool = False,
        hold: bool = False,
        status: str = "",
        **fields: Any,
    ) -> Case:
        word = f"zq{state}"
        dataset = self.dataset(word, private=private, **fields)
        if hold:
            self.put(dataset["id"], hold_until=utcnow() + timedelta(days=30))
        resource = self.file(dataset, word, upload=upload(table(word, broken), word))
        view = self.act(
            "resource_view_create",
            resource_id=resource["id"],
            view_type="datatables_view",
            title=f"Vista {word}",
        )
        self.act("package_patch", id=dataset["id"], version_notes=f"Nota {word}")
        if status:
            self.put(dataset["id"], status=status)
        activity = act("package_activity_list", id=dataset["id"], include_hidden_activity=True)[-1]
        case = Case(
            state,
            word,
            dataset["id"],
            dataset["name"],
            resource["id"],
            (word, dataset["id"], resource["id"]) if secret else (),
            () if secret else (word,),
            view_id=view["id"],
            activity_id=activity["id"],
        )
        shown = act("package_show", id=dataset["id"])
        assert shown["quality_live"] is not secret, (state, shown["quality_status"])
        if shown["quality_status"] in HELD_BACK and not private:
            case.seen_by = (*MEMBERS, "office")  # which decides on it
        self.portal.cases.append(case)
        return case

    def put(self, package_id: str, **values: Any) -> None:
        """Write into the gate's state what a verdict or an officer's plan would."""
        statement = sa.update(DatasetState).where(DatasetState.package_id == package_id)
        model.Session.execute(statement.values(**values))
        model.Session.commit()
        search.rebuild(package_id)

    def staged(
        self, state: str, name: str, *, hold: bool = False, broken: bool = False, checked: bool = True
    ) -> Case:
        """A live dataset with a change that waits: its own words, beside those that everybody sees."""
        case = self.case(name, secret=False)
        if hold:
            self.put(case.id, hold_until=utcnow() + timedelta(days=30))
        at_once, tk.config[AT_ONCE] = tk.config[AT_ONCE], tk.config[AT_ONCE] if checked else 0
        word = f"zqstaged{name}"
        self.act(
            "resource_patch",
            id=case.resource_id,
            description=f"Descrizione {word}",
            upload=upload(table(word, broken), word),
        )
        new = self.file({"id": case.id}, f"{word}nuovo")
        tk.config[AT_ONCE] = at_once
        case.state, case.secret, case.seen_by = state, (word, new["id"]), EDITORS
        return case

    def withdrawn(self) -> None:
        """Public for a while, and no longer: also its history is closed."""
        case = self.case("ritirato", secret=False)
        self.act("package_patch", id=case.id, private=True)
        case.secret, case.public = (case.word, case.id, case.resource_id), ()

    def deleted(self) -> None:
        case = self.case("cancellato", secret=False)
        self.act("package_delete", id=case.id)
        case.secret, case.public = (case.word, case.resource_id), ()
        case.seen_by = EDITORS

    def protected(self) -> None:
        """A description of data that are given on request: public without a file."""
        word = "zqriservati"
        values = {
            "type": "protected",
            "license_id": None,
            "protection_reason": ["STATISTICAL_CONFIDENTIALITY"],
            "request_conditions": "Per ricerca scientifica.",
            "request_how": f"Scrivere a {word}",
            "private": False,
        }
        dataset = self.dataset(word, **values)
        self.portal.cases.append(
            Case("protected", word, dataset["id"], dataset["name"], dataset["id"], (), (word,))
        )

    def draft(self) -> None:
        word = "zqbozza"
        dataset = self.dataset(word, state="draft")
        resource = self.file(dataset, word)
        case = Case(
            "draft",
            word,
            dataset["id"],
            dataset["name"],
            resource["id"],
            (word, dataset["id"], resource["id"]),
        )
        case.seen_by = EDITORS
        self.portal.cases.append(case)


def upload(content: bytes, word: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=f"{word}.csv")
