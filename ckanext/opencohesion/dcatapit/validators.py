"""The rules of `rules.py` and `consistency.py` as CKAN validators, and what an organization declares filled in.

Scheming validators are given the field of the YAML file; the lists of values come from its `vocabulary`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.navl.dictization_functions import unflatten
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.opencohesion.dcatapit import consistency, defaults, organizations, rules
from ckanext.opencohesion.dcatapit.choices import table_schema_ids
from ckanext.opencohesion.dcatapit.language import in_current_language
from ckanext.opencohesion.dcatapit.rules import BadValueError
from ckanext.opencohesion.vocabularies import vocabulary

Validator = Callable[..., Any]

#: Key of the validation's context: whether the dataset stays a draft.
_DRAFT = "opencohesion_draft"
Field = dict[str, Any]

_REPEATING = (
    "rights_holder",
    "contact",
    "publisher",
    "creator",
    "temporal_coverage",
    "conforms_to",
    "spatial_coverage",
    "programme",
)


def _scheming(build: Callable[[Field, Any], Validator]) -> Callable[[Field, Any], Validator]:
    """Mark a validator builder: ckanext-scheming calls it with the field and its schema."""
    build.is_a_scheming_validator = True  # pyright: ignore[reportFunctionMemberAccess]
    return build


def _is_empty(value: Any) -> bool:
    return value is tk.missing or value is None or value in ("", [])


def _stop_if_empty(
    field: Field, key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """End the checks of an empty field: an error where it is required, otherwise it is left out.

    A draft may lack whatever it still lacks.
    """
    if not _is_empty(data.get(key)):
        return
    data.pop(key, None)
    if field.get("required") and not context.get(_DRAFT):
        label = in_current_language(field["label"])
        errors[key].append(tk._("Fill in “{label}”: it is mandatory.").format(label=label))
    raise tk.StopOnError


def _said(error: BadValueError) -> str:
    return tk._(error.message).format(**error.params)


def _of_one(clean: Callable[[str], str]) -> Validator:
    """Return a validator of one text that keeps what ``clean`` returns."""

    def validator(value: Any) -> Any:
        try:
            return clean(value)
        except BadValueError as error:
            raise tk.Invalid(_said(error)) from error
        except (AttributeError, TypeError) as error:
            raise tk.Invalid(tk._("A text is expected here.")) from error

    return validator


def _of_many(clean: Callable[[str], str]) -> Callable[[Field, Any], Validator]:
    """Return a validator of a list (or of lines of text) that keeps, as JSON, what ``clean`` returns for each."""

    @_scheming
    def build(field: Field, schema: Any) -> Validator:
        def validator(
            key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
        ) -> None:
            _stop_if_empty(field, key, data, errors, context)
            _keep_list(key, data, errors, clean)
            if not errors[key]:
                _stop_if_empty(field, key, data, errors, context)
                data[key] = json.dumps(data[key], ensure_ascii=False)

        return validator

    return build


def _keep_list(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, clean: Callable[[str], str]
) -> None:
    kept: list[str] = []
    try:
        entries = rules.split_lines(data[key])
    except BadValueError as error:
        errors[key].append(_said(error))
        return
    for entry in entries:
        try:
            kept.append(clean(entry))
        except BadValueError as error:
            errors[key].append(_said(error))
    if not errors[key]:
        data[key] = list(dict.fromkeys(kept))


opencohesion_email = _of_one(rules.clean_email)
opencohesion_url = _of_one(rules.clean_url)
opencohesion_telephone = _of_one(rules.clean_telephone)
opencohesion_date = _of_one(rules.clean_date)
opencohesion_geojson = _of_one(rules.clean_geojson)
opencohesion_agent_identifier = _of_one(rules.clean_agent_identifier)
opencohesion_programme_code = _of_one(str.strip)

opencohesion_lines = _of_many(str)
opencohesion_urls = _of_many(rules.clean_url)
opencohesion_cups = _of_many(rules.clean_cup)
opencohesion_milestones = _of_many(rules.clean_milestone)
opencohesion_territories = _of_many(rules.clean_territory)


@_scheming
def opencohesion_not_empty(field: Field, schema: Any) -> Validator:
    """Require a value, and say which field lacks it."""

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        _stop_if_empty({**field, "required": True}, key, data, errors, context)

    return validator


@_scheming
def opencohesion_choice(field: Field, schema: Any) -> Validator:
    """Accept one entry of the field's vocabulary, by code or URI, and keep what `vocabulary_value` says."""
    return _choice(field, _term_cleaner(field))


@_scheming
def opencohesion_choices(field: Field, schema: Any) -> Validator:
    """Accept several entries of the field's vocabulary and keep them as a JSON list."""
    return _of_many(_term_cleaner(field))(field, schema)


@_scheming
def opencohesion_licence(field: Field, schema: Any) -> Validator:
    """Accept an open licence of the Italian list."""
    return _choice(field, lambda value: rules.clean_licence(value, kept=field["vocabulary_value"]))


@_scheming
def opencohesion_table_schema(field: Field, schema: Any) -> Validator:
    """Accept the id of a table schema that the portal knows."""
    return _choice(field, lambda value: rules.clean_table_schema(value, table_schema_ids()))


@_scheming
def opencohesion_file_type(field: Field, schema: Any) -> Validator:
    """Accept a format by code, extension or media type; an empty one is told by the extension, or left to the gate."""

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        if _is_empty(data.get(key)):
            address = data.get((*key[:-1], "url"))
            data[key] = (rules.file_type_of(address) if isinstance(address, str) else None) or ""
        _choice(field, rules.clean_file_type)(key, data, errors, context)

    return validator


@_scheming
def opencohesion_identifier(field: Field, schema: Any) -> Validator:
    """Accept an identifier that no other dataset has. `opencohesion_fill_in` has made one where it was empty."""

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        if _is_empty(data.get(key)):
            data.pop(key, None)
            if not context.get(_DRAFT) and not _is_empty(
                data.get(("name",))
            ):  # otherwise the error is the name's
                errors[key].append(
                    tk._(
                        "No identifier can be made, because the organization has no IPA code: have it written on the"
                        " organization's page, or write an identifier here."
                    )
                )
            raise tk.StopOnError
        _choice(field, rules.clean_identifier)(key, data, errors, context)
        if errors[key]:
            return
        if data[key].lower() in _identifiers_of_others(_own_id(data, context), stem=data[key]):
            errors[key].append(
                tk._(
                    "Another dataset already has the identifier “{value}”: write another one or leave it empty."
                ).format(value=data[key])
            )

    return validator


def opencohesion_fill_in(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Fill empty fields from what the owning organization declares; make the identifier where there is none.

    Runs before the fields' own validators, so it is also what tells them whether the dataset is a draft. A draft gets no
    identifier yet: its name is still to be chosen.
    """
    draft = _stays_draft(key, data, errors, context)
    context[_DRAFT] = draft  # pyright: ignore[reportGeneralTypeIssues]
    empty = [name for name in defaults.SIMPLE if _is_empty(data.get((name,)))]
    empty += [name for name in defaults.REPEATING if not _entries(data, name)]
    lacks_identifier = not draft and _is_empty(data.get(("identifier",)))
    if not empty and not lacks_identifier:
        return
    organization = _owner(data, context)
    declared = defaults.declared(organization)
    for name in empty:
        if name in declared:
            _put(data, name, declared[name])
    code, name = organization.get("identifier"), data.get(("name",))
    if lacks_identifier and code and isinstance(name, str) and name:
        taken = _identifiers_of_others(_own_id(data, context), stem=f"{code}:{name}")
        data[("identifier",)] = defaults.new_identifier(code, name, taken)


def opencohesion_fill_in_protected(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Say of data given on request what is true of all of it: access is restricted, under terms of its own."""
    data[("access_rights",)] = vocabulary("access-right").by_code["RESTRICTED"].uri
    data[("license_id",)] = rules.RESTRICTIVE_TERMS


def opencohesion_no_file(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Refuse a file: data given on request is described here and never held."""
    if any(name[0] == "resources" and len(name) > 1 for name in data):
        message = tk._("Protected data holds no file here: describe it and say how to ask for it.")
        errors.setdefault(("resources", 0, "url"), []).append(message)


def opencohesion_whole(
    key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context
) -> None:
    """Drop blank entries, complete programme names, and check the dataset as a whole."""
    for name in _REPEATING:
        if any(errors.get(k) for k in errors if k[0] == name):
            continue
        entries = _entries(data, name)
        _put(data, name, defaults.with_programme_names(entries) if name == "programme" else entries)
    if context.get(_DRAFT):
        return
    for finding in consistency.findings(_nested(data)):
        params = {
            name: tk._(value) if name in finding.marked else value for name, value in finding.params.items()
        }
        messages = errors.setdefault(finding.path, [])
        if not messages:
            messages.append(tk._(finding.message).format(**params))


def _stays_draft(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> bool:
    """Say whether the dataset will be a draft when it is saved. Who may not change its state does not make it one."""
    asked = ("state",)
    allowed = {asked: data.get(asked)}  # a copy: CKAN's own schema asks the same of the field again
    if not _is_empty(allowed[asked]):
        forget_unless_admin: Any = tk.get_validator("ignore_not_package_admin")
        forget_unless_admin(asked, allowed, errors, context)
    package = context.get("package")
    state = allowed.get(asked)
    if _is_empty(state):
        state = package.state if package else None
    return state == "draft"


def _choice(field: Field, clean: Callable[[str], str]) -> Validator:
    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        _stop_if_empty(field, key, data, errors, context)
        try:
            data[key] = clean(data[key])
        except BadValueError as error:
            errors[key].append(_said(error))
        except (AttributeError, TypeError):
            errors[key].append(tk._("A text is expected here."))

    return validator


def _term_cleaner(field: Field) -> Callable[[str], str]:
    def clean(value: str) -> str:
        return rules.clean_term(
            field["vocabulary"],
            value,
            kept=field["vocabulary_value"],
            refused=field.get("vocabulary_refused", ()),
        )

    return clean


def _entries(data: FlattenDataDict, name: str) -> list[dict[str, Any]]:
    """Return the entries of a repeating field that hold anything, without their empty parts."""
    by_index: dict[Any, dict[str, Any]] = {}
    for key, value in data.items():
        if key[0] == name and len(key) == 3 and not key[2].startswith("__") and not _is_empty(value):
            by_index.setdefault(key[1], {})[key[2]] = value
    return [by_index[index] for index in sorted(by_index)]


def _put(data: FlattenDataDict, name: str, value: Any) -> None:
    """Set a field to a value; a repeating one is replaced as a whole."""
    if name not in _REPEATING:
        data[(name,)] = value
        return
    for key in [key for key in data if key[0] == name]:
        del data[key]
    for index, entry in enumerate(value):
        for part, text in entry.items():
            data[(name, index, part)] = text


def _nested(data: FlattenDataDict) -> dict[str, Any]:
    """Return the dataset as package_show would give it, from navl's flat data with its extras and JSON lists."""
    own = {
        key: value for key, value in data.items() if value is not tk.missing and not key[-1].startswith("__")
    }
    dataset = unflatten(own)
    for extra in dataset.get("extras", []):
        dataset.setdefault(extra.get("key"), extra.get("value"))
    for name, value in dataset.items():
        if isinstance(value, str) and value.startswith("["):
            try:
                dataset[name] = json.loads(value)
            except ValueError:
                continue
    return dataset


def _own_id(data: FlattenDataDict, context: Context) -> str | None:
    package = context.get("package")
    return package.id if package else data.get(("id",))


def _owner(data: FlattenDataDict, context: Context) -> dict[str, Any]:
    """Return what is known of the owning organization, {} where none is given or it does not exist."""
    package = context.get("package")
    owner = data.get(("owner_org",))
    if _is_empty(owner):
        owner = package.owner_org if package else None
    return organizations.facts_of(owner) if isinstance(owner, str) else {}


def _identifiers_of_others(own_id: str | None, *, stem: str) -> set[str]:
    """Return, in lower case, the identifiers beginning with ``stem`` of the datasets other than ``own_id``."""
    identifier = model.Package.extras["identifier"].astext  # pyright: ignore[reportIndexIssue]
    query = model.Session.query(identifier).filter(
        identifier.istartswith(stem, autoescape=True), model.Package.state != model.State.DELETED
    )
    if own_id:
        query = query.filter(model.Package.id != own_id)
    return {row[0].lower() for row in query}
