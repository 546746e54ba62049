"""Take-downs: after one, no byte of what was taken down is left anywhere that the portal reaches."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.lib.search.common import make_connection
from ckan.plugins import toolkit as tk
from ckanext.datastore.backend.postgres import get_write_engine
from support.people import Person, act, dataset_fields
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.portal.audit.model import AuditEntry
from ckanext.opencohesion.quality.model import FileVerdict
from ckanext.opencohesion.quality.takedown import takedown

pytestmark = pytest.mark.usefixtures("request_context")

SECRET = "Via Segretissima 77"
KEY = "CLPSEGRETO1"
REASON = "Indirizzo di una persona pubblicato per errore, richiesta dell'interessato."
HEADER = "COD_LOCALE_PROGETTO;CUP;INDIRIZZO_PROG;IMPORTO\r\n"
FIRST = HEADER + f"{KEY};J59J21004560001;{SECRET};1,50\r\nCLP2;J59J21004560002;Piazza Roma;2,50\r\n"
SECOND = FIRST + 'CLP3;J59J21004560003;"Corso ""Umberto""";3,50\r\n'
LEFT = SECOND.replace(f"{KEY};J59J21004560001;{SECRET};1,50\r\n", "")


def upload(content: str) -> FileStorage:
    return FileStorage(io.BytesIO(content.encode()), filename="progetti.csv")


def call(person: Person, action: str, **data: Any) -> Any:
    context: Any = dict(person.context)
    return tk.get_action(action)(context, data)


def publish(person: Person, organization: dict[str, Any], *versions: str) -> tuple[str, str]:
    """Publish a dataset whose file had these versions; return its id and the file's."""
    dataset = call(person, "package_create", **dataset_fields(organization["id"], private=False))
    values = {"format": "CSV", "name": "Progetti"}
    first, *later = versions
    resource = call(person, "resource_create", package_id=dataset["id"], upload=upload(first), **values)
    for content in later:
        call(person, "resource_patch", id=resource["id"], upload=upload(content))
    assert shown(dataset["id"])["quality_live"]
    return dataset["id"], resource["id"]


def shown(package_id: str) -> dict[str, Any]:
    return act("package_show", id=package_id)


def left_of(*values: str) -> list[str]:
    """Return every place in storage folder, both databases, Redis and Solr where one of the values stands."""
    wanted = [value.encode() for value in values]
    storage = Path(tk.config["ckan.storage_path"])
    places = [
        str(path)
        for path in storage.rglob("*")
        if path.is_file() and any(one in path.read_bytes() for one in wanted)
    ]
    for engine in (model.ensure_engine(), get_write_engine()):
        with engine.connect() as connection:
            for table in sa.inspect(connection).get_table_names():
                texts = sa.text(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE ANY(:wanted)')
                if connection.scalar(texts, {"wanted": [f"%{value}%" for value in values]}):
                    places.append(f"{engine.url.database}.{table}")
    redis: Any = connect_to_redis()
    for key in redis.scan_iter():
        read = {b"string": redis.get, b"hash": redis.hgetall, b"set": redis.smembers}.get(redis.type(key))
        stored = read(key) if read else redis.lrange(key, 0, -1) if redis.type(key) == b"list" else b""
        if any(value in str(stored) or value in str(key) for value in values):
            places.append(f"redis {key!r}")
    documents = make_connection().search("*:*", rows=1000, fl="*")
    places += [f"solr {one.get('name')}" for one in documents if any(value in str(one) for value in values)]
    return places


def test_no_byte_of_what_was_taken_down_is_left(
    officer: Person, manager: Person, outsider: Person, organization: dict[str, Any], app: Any
) -> None:
    package_id, resource_id = publish(officer, organization, FIRST, SECOND)
    assert len(left_of(SECRET)) > 2, "or the search would find nothing anyway"
    wanted = {
        "id": package_id,
        "resource_id": resource_id,
        "column": "COD_LOCALE_PROGETTO",
        "values": [KEY.lower()],
    }

    # who may not, what would say the value, and looking first
    for person in (officer, outsider):
        with pytest.raises(tk.NotAuthorized):
            call(person, "opencohesion_quality_takedown", **wanted, reason=REASON)
    for wrong in (
        {"reason": f"Tolto il progetto {KEY}, per richiesta."},
        {"reason": "poco"},
        {"column": "ALTRA"},
        {"values": [" "]},
        {"values": ["CLP-CHE-NON-C-È"]},
    ):
        with pytest.raises(tk.ValidationError):
            call(manager, "opencohesion_quality_takedown", **{**wanted, "reason": REASON, **wrong})
    seen = call(manager, "opencohesion_quality_takedown", **wanted, dry_run=True)
    assert (seen["rows"], seen["releases"], seen["outcome"]) == (1, [1, 2], None)
    assert shown(package_id)["resources"][0]["size"] == len(SECOND.encode())

    done = call(manager, "opencohesion_quality_takedown", **wanted, reason=REASON)
    assert done["outcome"] == "replaced"
    assert shown(package_id)["quality_live"]
    base = f"/dataset/{package_id}/resource/{resource_id}"
    assert app.get(f"{base}/download/progetti.csv").data == LEFT.encode(), "what stays is what it was"
    assert [app.get(f"{base}/release/{number}/progetti.csv").status_code for number in (1, 2, 3)] == [
        410,
        410,
        200,
    ]
    records = act("datastore_search", resource_id=resource_id)["records"]
    assert [row["COD_LOCALE_PROGETTO"] for row in records] == ["CLP2", "CLP3"]
    assert left_of(SECRET, KEY, KEY.lower()) == []

    entry = model.Session.scalar(sa.select(AuditEntry).where(AuditEntry.event == "taken_down"))
    assert entry is not None
    assert entry.detail["rows"] == 1
    public = tk.get_action("opencohesion_quality_takedown_list")({"user": ""}, {})
    assert [(one["reason"], one["releases"], one["outcome"]) for one in public["results"]] == [
        (REASON, [1, 2], "replaced")
    ]
    again = takedown.finish(done["takedown_id"])
    assert again is not None
    assert again.outcome == "replaced", "harmless when repeated"


def test_a_dataset_that_does_not_pass_without_the_rows_is_public_no_more(
    officer: Person, manager: Person, organization: dict[str, Any]
) -> None:
    only = HEADER + f"{KEY};J59J21004560001;{SECRET};1,50\r\n"
    package_id, resource_id = publish(officer, organization, only)
    wanted = {"id": package_id, "resource_id": resource_id, "column": "COD_LOCALE_PROGETTO", "values": KEY}
    done = call(manager, "opencohesion_quality_takedown", **wanted, reason=REASON)
    assert done["outcome"] == "withdrawn"
    with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
        tk.get_action("package_show")({"user": ""}, {"id": package_id})
    assert left_of(SECRET, KEY) == []
    # its officer brings a file that passes, and it is public again
    call(officer, "resource_patch", id=resource_id, upload=upload(LEFT))
    assert shown(package_id)["quality_live"]


def test_a_whole_file_is_taken_down_and_rows_only_of_what_can_be_written_again(
    officer: Person, manager: Person, organization: dict[str, Any]
) -> None:
    package_id, resource_id = publish(officer, organization, FIRST)
    other = FileStorage(
        io.BytesIO(f'[{{"CLP": "{KEY}", "via": "{SECRET}"}}]'.encode()), filename="progetti.json"
    )
    values = {"format": "JSON", "name": "Altro", "package_id": package_id}
    json_id = call(officer, "resource_create", upload=other, **values)["id"]
    wanted = {"id": package_id, "resource_id": json_id, "reason": REASON}
    with pytest.raises(tk.ValidationError, match="JSON"):
        call(manager, "opencohesion_quality_takedown", **wanted, column="CLP", values=KEY)
    assert call(manager, "opencohesion_quality_takedown", **wanted, whole=True)["outcome"] == "removed"
    assert [one["id"] for one in shown(package_id)["resources"]] == [resource_id]
    # the last file: nothing is left that could be public
    wanted["resource_id"] = resource_id
    assert call(manager, "opencohesion_quality_takedown", **wanted, whole=True)["outcome"] == "withdrawn"
    assert not shown(package_id)["quality_live"]
    assert left_of(SECRET, KEY) == []


def test_a_version_that_is_no_longer_served_is_closed_where_it_holds_the_row(
    officer: Person, manager: Person, organization: dict[str, Any]
) -> None:
    package_id, resource_id = publish(officer, organization, FIRST, LEFT)
    wanted = {"id": package_id, "resource_id": resource_id, "column": "COD_LOCALE_PROGETTO", "values": KEY}
    done = call(manager, "opencohesion_quality_takedown", **wanted, reason=REASON)
    assert (done["rows"], done["releases"], done["outcome"]) == (0, [1], "closed")
    assert shown(package_id)["quality_live"]
    assert left_of(SECRET, KEY) == []


def test_what_was_taken_down_does_not_come_back_by_itself(
    officer: Person, manager: Person, organization: dict[str, Any]
) -> None:
    package_id, resource_id = publish(officer, organization, FIRST, SECOND)
    wanted = {"id": package_id, "resource_id": resource_id, "column": "COD_LOCALE_PROGETTO", "values": KEY}
    call(manager, "opencohesion_quality_takedown", **wanted, reason=REASON)
    call(officer, "resource_patch", id=resource_id, upload=upload(FIRST))
    report = call(officer, "opencohesion_quality_report_show", id=package_id)
    assert (report["target"], report["verdict"]) == ("staged", "failed")
    assert "taken-down" in {one["code"] for entry in report["resources"] for one in entry["rules"]}
    assert shown(package_id)["resources"][0]["size"] == len(LEFT.encode())

    # the verdict on these bytes was erased, and is no verdict any more: they are judged anew
    verdict = model.Session.scalar(
        sa.select(FileVerdict).where(FileVerdict.sha256 == hashlib.sha256(FIRST.encode()).hexdigest())
    )
    assert verdict is not None
    assert not verdict.erased


def test_a_row_is_found_in_older_files_of_every_form(
    officer: Person, manager: Person, organization: dict[str, Any]
) -> None:
    package_id, resource_id = publish(officer, organization, FIRST)
    workbook = openpyxl.Workbook()
    sheet: Any = workbook.active
    for row in (["Progetto", "Via"], [f"n. {KEY}", SECRET], ["CLP2", "Piazza Roma"]):
        sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    as_workbook = FileStorage(io.BytesIO(buffer.getvalue()), filename="progetti.xlsx")
    call(officer, "resource_patch", id=resource_id, upload=as_workbook, format="XLSX")

    wanted = {"id": package_id, "resource_id": resource_id, "reason": REASON}
    with pytest.raises(tk.ValidationError, match="XLSX") as told:
        call(manager, "opencohesion_quality_takedown", **wanted, column="Via", values=SECRET, dry_run=True)
    assert list(told.value.error_dict) == ["values"], "told before anything is done"
    call(officer, "resource_patch", id=resource_id, upload=upload(LEFT), format="CSV")
    done = call(manager, "opencohesion_quality_takedown", **wanted, column="COD_LOCALE_PROGETTO", values=KEY)
    assert (done["rows"], done["releases"], done["outcome"]) == (0, [1, 2], "closed")
    assert left_of(SECRET, KEY) == []
