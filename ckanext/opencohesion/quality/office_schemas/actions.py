"""The table structures as actions: those of the portal for everybody, those of an office written by its officers."""

from __future__ import annotations

import json
import re
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model
from ckan.types import AuthResult, Context
from sqlalchemy.exc import IntegrityError

from ckanext.opencohesion.quality.decisions import policy
from ckanext.opencohesion.quality.office_schemas import store
from ckanext.opencohesion.tables.errors import UnknownProfileError
from ckanext.opencohesion.tables.office_schema import OfficeSchemaError, clean_schema, read_schema
from ckanext.opencohesion.tables.profiles import load_profile, profile_ids

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?")
_TITLE_CHARACTERS = 200
_VERSIONS = 1000


@tk.side_effect_free
def opencohesion_table_schema_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the table structures that a file can name: those of the portal and the newest of every office.

    :returns: list of ``{id, version, title, title_en, columns}``; ``id`` is what a resource's ``table_schema`` says
    """
    tk.check_access("opencohesion_table_schema_list", context, data_dict)
    return [_summary(one) for one in (*profile_ids(), *(row.schema_id for row in store.newest()))]


@tk.side_effect_free
def opencohesion_table_schema_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return a table structure: a Frictionless Table Schema with the portal's properties beside the standard ones.

    :param id: as ``opencohesion_table_schema_list`` tells it
    """
    tk.check_access("opencohesion_table_schema_show", context, data_dict)
    try:
        return dict(load_profile(str(tk.get_or_bust(data_dict, "id")).replace("\0", "")).schema)
    except UnknownProfileError as error:
        raise tk.ObjectNotFound(
            tk._("There is no such table structure, or no such version of it.")
        ) from error


def opencohesion_table_schema_save(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Publish a table structure of an office, as a new version; older versions stay as they are.

    Files that name an older version are still judged by it. Nothing is kept where nothing has changed.

    :param organization: id or name of the office; who may add datasets to it may write its structures
    :param name: the structure's name in its address: small letters, digits, ``-`` and ``_``
    :param schema: a Table Schema (JSON object, or its text)
    :param title: what the table is called, in Italian (optional: as the schema says)
    :param title_en: the same in English (optional)

    :returns: ``{id, version, title, title_en, columns, new}``; ``new`` is false where nothing has changed
    """
    organization = _organization(data_dict)
    tk.check_access("opencohesion_table_schema_save", context, {"organization": organization.id})
    name = str(data_dict.get("name") or "").strip()
    if not _NAME.fullmatch(name):
        message = tk._(
            "Use small letters, digits, - and _ only: at most 60 characters, such as alberi-monumentali."
        )
        raise tk.ValidationError({"name": [message]})
    title = {"it": _title(data_dict, "title"), "en": _title(data_dict, "title_en")}
    office = _office_name(organization)
    rows = store.versions(office, name)
    if len(rows) >= _VERSIONS:
        raise tk.ValidationError({"name": [tk._("This structure has too many versions: begin another one.")]})
    version = rows[0].version + 1 if rows else 1
    schema = _cleaned(data_dict.get("schema"), title, store.schema_id(office, name, version), str(version))
    user = model.User.get(str(context.get("user")))
    if _declared(schema) != (_declared(rows[0].schema) if rows else []):
        _declares(user, organization.id)
    if rows and _contents(rows[0].schema) == _contents(schema):
        return {**_summary(rows[0].schema_id), "new": False}
    try:
        row = store.add(
            organization_id=organization.id,
            organization=office,
            name=name,
            version=version,
            schema=schema,
            user_id=user.id if user else None,
        )
        model.Session.commit()
    except IntegrityError as error:
        model.Session.rollback()
        message = tk._(
            "Somebody has published a version of this structure at the same moment: look at it first."
        )
        raise tk.ValidationError({"name": [message]}) from error
    return {**_summary(row.schema_id), "new": True}


@tk.auth_allow_anonymous_access
def _anybody(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Structures are public: they tell what a table holds, never a value of it."""
    return {"success": True}


def _may_save(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who may add datasets to the office."""
    user, organization = str(context.get("user") or ""), data_dict.get("organization")
    if organization and authz.has_user_permission_for_group_or_org(organization, user, "create_dataset"):
        return {"success": True}
    return {
        "success": False,
        "msg": tk._("Only who may add datasets to this organization may write its structures"),
    }


def _organization(data_dict: dict[str, Any]) -> model.Group:
    found = model.Group.get(str(data_dict.get("organization") or "").replace("\0", ""))
    if found is None or not found.is_organization or found.state != "active":
        raise tk.ValidationError({"organization": [tk._("Choose the organization whose structure it is.")]})
    return found


def _office_name(organization: model.Group) -> str:
    """Return the office's part of the address: the name it had at its first structure, since addresses stay."""
    first = next((row for row in store.newest() if row.organization_id == organization.id), None)
    return first.organization if first else organization.name


def _title(data_dict: dict[str, Any], name: str) -> str:
    title = str(data_dict.get(name) or "").strip()
    if len(title) > _TITLE_CHARACTERS:
        message = tk._("At most {most} characters.").format(most=_TITLE_CHARACTERS)
        raise tk.ValidationError({name: [message]})
    return title


def _cleaned(found: Any, title: dict[str, str], schema_id: str, version: str) -> dict[str, Any]:
    try:
        if not isinstance(found, dict):
            found = read_schema(str(found or "").encode("utf-8"))
        else:
            read_schema(json.dumps(found).encode("utf-8"))  # its size
        return clean_schema(found, title=title, schema_id=schema_id, version=version)
    except OfficeSchemaError as error:
        raise tk.ValidationError({"schema": [fault.sentence(tk._) for fault in error.faults]}) from error


def _declared(schema: dict[str, Any]) -> list[Any]:
    """Return what a structure declares of personal data, with the columns it says so of: another name is another column."""
    personal = schema.get("personal") or []
    named = {one["field"] for one in personal}
    return [
        *personal,
        *((one["name"], one.get("aliases")) for one in schema["fields"] if one["name"] in named),
    ]


def _declares(user: model.User | None, organization_id: str) -> None:
    """Let only who may decide on personal data declare it: a declaration stands for that decision (P4 to P8)."""
    if user is not None and (user.sysadmin or policy.belongs(user, organization_id, "review")):
        return
    message = tk._(
        "Leave “personal” as it is: only who decides on personal data may declare why a column may hold it."
    )
    raise tk.ValidationError({"schema": [message]})


def _contents(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in ("id", "version")}


def _summary(schema_id: str) -> dict[str, Any]:
    profile = load_profile(schema_id)
    return {
        "id": profile.id,
        "version": profile.version,
        "title": profile.title["it"],
        "title_en": profile.title["en"],
        "columns": len(profile.fields),
    }


ACTIONS = {
    action.__name__: action
    for action in (
        opencohesion_table_schema_list,
        opencohesion_table_schema_show,
        opencohesion_table_schema_save,
    )
}
AUTH = {
    "opencohesion_table_schema_list": _anybody,
    "opencohesion_table_schema_show": _anybody,
    "opencohesion_table_schema_save": _may_save,
}
