"""Who may decide at the gate, by the portal's policy: settings name kinds of persons, never the one who brought the data."""

from __future__ import annotations

from typing import Literal

import ckan.plugins.toolkit as tk
from ckan import authz, model

from ckanext.opencohesion.quality.model import get_state
from ckanext.opencohesion.quality.staging import get_staged

Decision = Literal["override", "review", "approve"]

SETTINGS: dict[Decision, str] = {
    "override": "ckanext.opencohesion.quality.override_by",
    "review": "ckanext.opencohesion.quality.review_by",
    "approve": "ckanext.opencohesion.quality.approve_by",
}

#: Words of the settings → whose members (the dataset's organization, or the data office) and in which role.
KINDS: dict[str, tuple[Literal["organization", "office"], str]] = {
    "data-office-admins": ("office", "admin"),
    "data-office-editors": ("office", "editor"),
    "organization-admins": ("organization", "admin"),
    "organization-editors": ("organization", "editor"),
}

#: The permission of CKAN that a role has and those below it have not.
_PERMISSION = {"admin": "admin", "editor": "update_dataset"}

#: The field of an organization that says that it wants a second person's yes.
SECOND_PERSON = "second_person"


def refuse_unknown() -> None:
    """Raise ``ValueError`` where a setting names persons that there are not: a wrong word would let nobody decide."""
    for setting in SETTINGS.values():
        unknown = [word for word in tk.config[setting] if word not in KINDS]
        if unknown:
            raise ValueError(
                f"{setting}: no such persons: {', '.join(unknown)}. There are: {', '.join(KINDS)}"
            )


def data_office() -> model.Group | None:
    """Return the organization that is the region's data office, where the portal names one."""
    return model.Group.get(tk.config.get("ckanext.opencohesion.quality.data_office") or None)


def bringers_of(package_id: str) -> frozenset[str]:
    """Return the ids of all who brought what now waits: the change where one waits, else the present content.

    All, and not only the last: else who brought a file could say yes to it as soon as a colleague has added another.
    """
    row = get_staged(package_id) or get_state(package_id)
    return frozenset(row.brought_by) if row else frozenset()


def may_decide(user: model.User | None, package: model.Package | None, decision: Decision) -> bool:
    """Say whether a user may decide on a dataset: of the kinds that the setting names, and not who brought the data.

    A sysadmin may, too, unless they brought the data themselves.
    """
    if user is None or package is None or user.state != "active" or user.id in bringers_of(package.id):
        return False
    return bool(user.sysadmin) or belongs(user, package.owner_org, decision)


def belongs(user: model.User, owner_org: str | None, decision: Decision) -> bool:
    """Say whether a user is of a kind that the setting names, for datasets of this organization."""
    office = data_office()
    bodies = {"organization": owner_org, "office": office.id if office else None}
    for word in tk.config[SETTINGS[decision]]:
        where, role = KINDS[word]
        body = bodies[where]
        if body and authz.has_user_permission_for_group_or_org(body, user.name, _PERMISSION[role]):
            return True
    return False


def decides_at_all(user: model.User, owner_org: str | None) -> bool:
    """Say whether a user is of those who decide anything about datasets of this organization."""
    return bool(user.sysadmin) or any(belongs(user, owner_org, decision) for decision in SETTINGS)


def is_of_deciding_office(user: model.User) -> bool:
    """Say whether a user decides for the data office: they see what awaits a decision, whoever's it is."""
    office = data_office()
    if office is None:
        return False
    roles = {KINDS[word] for setting in SETTINGS.values() for word in tk.config[setting] if word in KINDS}
    return any(
        authz.has_user_permission_for_group_or_org(office.id, user.name, _PERMISSION[role])
        for where, role in roles
        if where == "office"
    )


def wants_second_person(owner_org: str | None) -> bool:
    """Say whether an organization wants a second person's yes before its data goes public."""
    group = model.Session.get(model.Group, owner_org) if owner_org else None
    extras: dict[str, str] = (group.extras or {}) if group else {}  # pyright: ignore[reportAttributeAccessIssue]
    return extras.get(SECOND_PERSON) == "yes"
