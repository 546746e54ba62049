"""A staged change is a difference: laid on what is live it gives what was wanted, and two make one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.quality.changes import difference, keep_upload, merge, rebase, strip_gate_fields

VALUES = st.one_of(
    st.text(min_size=1, max_size=5), st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=2)
)
FIELDS = st.dictionaries(st.sampled_from(["title", "notes", "theme", "frequency"]), VALUES)
RESOURCE = st.fixed_dictionaries(
    {"url": st.sampled_from(["http://a/1.csv", "http://a/2.csv", "http://a/3.csv"])},
    optional={
        "name": VALUES,
        "format": st.sampled_from(["CSV", "XLSX"]),
        "table_schema": st.sampled_from(["x/y"]),
    },
)


@st.composite
def datasets(draw: st.DrawFn) -> dict[str, Any]:
    """A dataset dict with up to four resources out of four possible ids."""
    ids = draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=4))
    return {**draw(FIELDS), "resources": [{**draw(RESOURCE), "id": name} for name in ids]}


def by_id(dataset: dict[str, Any]) -> dict[str, Any]:
    return {**dataset, "resources": {resource["id"]: resource for resource in dataset["resources"]}}


@given(datasets(), datasets())
def test_a_difference_laid_on_its_base_gives_what_was_wanted(
    live: dict[str, Any], wanted: dict[str, Any]
) -> None:
    change = difference(live, wanted)
    assert by_id(rebase(live, change.fields, change.resources)) == by_id(wanted)


@given(datasets(), datasets(), datasets())
def test_two_changes_staged_one_after_the_other_are_one(
    live: dict[str, Any], first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Each is a difference to the live dataset; what both touch is as the later one says."""
    one, two = difference(live, first), difference(live, second)
    fields, resources = merge(one.fields, one.resources, two)
    merged = by_id(rebase(live, fields, resources))
    wanted = by_id(second)
    for name in two.fields:
        assert merged.get(name) == wanted.get(name)
    for name, operation in two.resources.items():
        if operation["op"] == "delete":
            assert name not in merged["resources"]
        else:
            for key, value in operation["values"].items():
                assert merged["resources"][name].get(key) == value


@given(datasets())
def test_a_dataset_sent_back_as_it_was_read_changes_nothing(live: dict[str, Any]) -> None:
    change = difference(live, live)
    assert (change.fields, change.resources, change.data) == ({}, {}, False)


@given(datasets(), st.permutations(["title", "notes"]))
def test_an_order_and_texts_are_metadata(live: dict[str, Any], _names: list[str]) -> None:
    wanted = {**live, "title": "altro", "resources": list(reversed(live["resources"]))}
    assert difference(live, wanted).data is False


@pytest.mark.parametrize(
    "values",
    [
        {"url": "http://a/9.csv"},
        {"format": "XML"},
        {"table_schema": "a/b"},
        {"upload": "f"},
        {"clear_upload": "true"},
    ],
)
def test_what_people_download_is_data(values: dict[str, Any]) -> None:
    live = {"resources": [{"id": "a", "url": "http://a/1.csv", "format": "CSV"}]}
    assert difference(live, {"resources": [{**live["resources"][0], **values}]}).data is True


def test_resources_that_are_not_sent_are_left_alone() -> None:
    live = {"title": "a", "resources": [{"id": "a", "url": "http://a/1.csv"}]}
    change = difference(live, {"title": "b"})
    assert (change.fields, change.resources, change.data) == ({"title": "b"}, {}, False)


@pytest.mark.parametrize(
    ("sent", "same"),
    [
        ({"url": "https://dati.example.it/dataset/x/resource/a/download/f.csv", "url_type": "upload"}, True),
        ({"url": "https://dati.example.it/dataset/x/resource/a/download/f.csv"}, True),
        ({"url": "f.csv", "url_type": "upload"}, True),
        ({"url": "", "url_type": "upload"}, True),
        ({"url": "https://elsewhere.example/f.csv", "url_type": ""}, False),
        ({"url": "g.csv", "url_type": "upload"}, False),
    ],
)
def test_an_uploaded_file_may_be_named_by_its_address_or_its_name(sent: dict[str, Any], same: bool) -> None:
    live = {
        "id": "a",
        "url": "https://dati.example.it/dataset/x/resource/a/download/f.csv",
        "url_type": "upload",
    }
    wanted = {"id": "a", **sent}
    keep_upload(live, wanted)
    assert difference({"resources": [live]}, {"resources": [wanted]}).data is not same


def test_an_upload_under_the_same_name_is_another_file() -> None:
    live = {"id": "a", "url": "https://x/f.csv", "url_type": "upload"}
    wanted = {"id": "a", "url": "f.csv", "url_type": "upload", "upload": object()}
    keep_upload(live, wanted)
    assert difference({"resources": [live]}, {"resources": [wanted]}).data is True


def test_a_staged_file_stays_until_another_one_or_another_address_comes() -> None:
    file = {"sha256": "0" * 64, "size_bytes": 1, "filename": "f.csv"}
    staged = {"a": {"op": "put", "new": False, "values": {"url": "f.csv"}, "file": file}}
    live = {"resources": [{"id": "a", "url": "http://a/1.csv", "name": "x"}]}
    renamed = difference(live, {"resources": [{"id": "a", "url": "http://a/1.csv", "name": "y"}]})
    _, kept = merge({}, staged, renamed)
    assert kept["a"]["file"] == file
    moved = difference(live, {"resources": [{"id": "a", "url": "http://a/2.csv", "name": "x"}]})
    _, dropped = merge({}, staged, moved)
    assert dropped["a"]["file"] is None


def test_a_new_resource_that_is_deleted_again_leaves_no_trace() -> None:
    live: dict[str, Any] = {"resources": []}
    first = difference(live, {"resources": [{"id": "n", "url": "http://a/1.csv"}]})
    first.data = True
    second = difference({"resources": [{"id": "n", "url": "http://a/1.csv"}]}, live)
    assert merge({}, first.resources, second) == ({}, {})


def test_a_change_to_a_resource_that_went_away_meanwhile_is_dropped() -> None:
    change = difference(
        {"resources": [{"id": "a", "url": "http://a/1.csv"}]},
        {"resources": [{"id": "a", "url": "http://a/2.csv"}]},
    )
    assert rebase({"resources": []}, {}, change.resources) == {"resources": []}


def test_the_gate_s_fields_are_taken_out_of_what_a_client_sends() -> None:
    sent = {
        "title": "t",
        "quality_status": "passed",
        "resources": [{"id": "a", "hash": "x", "size": 1, "name": "n"}],
    }
    assert strip_gate_fields(sent) == {"title": "t", "resources": [{"id": "a", "name": "n"}]}
