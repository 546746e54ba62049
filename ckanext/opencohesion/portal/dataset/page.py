"""Puts together what the page of a dataset shows. The number of queries does not grow with the number of files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opencohesion.dcatapit.choices import opencohesion_territory_label
from ckanext.opencohesion.dcatapit.language import current_language
from ckanext.opencohesion.dcatapit.settings import configured_base
from ckanext.opencohesion.portal.dataset import citation, structured, wording
from ckanext.opencohesion.portal.dataset.examples import Example, ExampleFile, examples
from ckanext.opencohesion.portal.dataset.licences import Licence, licence
from ckanext.opencohesion.quality.repair import records
from ckanext.opencohesion.quality.reports.proof import Proof, proofs
from ckanext.opencohesion.vocabularies import vocabulary


@dataclass(frozen=True)
class PageFile:
    """A file as the page shows it. ``spoken``: all that is to be known before downloading it, in one line."""

    id: str
    name: str
    description: str
    filename: str
    format: str
    format_words: str
    size: str
    rows: int | None
    columns: int | None
    changed: str
    download_url: str
    page_url: str
    external: bool
    proof: Proof | None
    licence: Licence | None
    spoken: str


@dataclass
class PageRelease:
    """A published version of a file: the API's facts, its size in words, its citation, and where to get that as BibTeX.

    ``changes``: what its dataset told of what changed, "" where it told nothing new. ``current``: served now.
    """

    facts: dict[str, Any]
    size: str
    changes: str
    citation: str
    bibtex_url: str
    current: bool = False
    # What was mended in the file before it was published, as ``quality.repair.records`` describes it.
    repairs: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class DatasetPage:
    """All that the page needs beyond the dataset itself."""

    url: str
    publisher: str
    rights_holders: list[str]
    periods: list[dict[str, str]]
    places: list[str]
    themes: list[str]
    updated: str
    frequency: str
    files: list[PageFile]
    licence: Licence | None
    releases: list[tuple[str, list[PageRelease]]]
    citation: str
    bibtex: str
    bibtex_url: str
    examples: list[Example]
    structured: dict[str, Any] | None


def dataset_page(dataset: dict[str, Any]) -> DatasetPage:
    """Return what the page of a dataset (as ``package_show`` gives it) shows in the language of this request."""
    lang = current_language()
    licence_found = licence(dataset.get("license_id"), lang)
    proven = proofs(dataset)
    files = [
        _file(dataset, resource, proven.get(resource["id"]), lang)
        for resource in dataset.get("resources") or []
    ]
    published = _releases(dataset)
    work = citable(dataset)
    page = DatasetPage(
        url=dataset_url(dataset),
        publisher=_publisher(dataset),
        rights_holders=_names(dataset.get("rights_holder")),
        periods=[p for p in dataset.get("temporal_coverage") or [] if isinstance(p, dict) and p.get("start")],
        places=_places(dataset),
        themes=_labels("data-theme", dataset.get("theme"), lang),
        updated=updated(dataset),
        frequency=_label("frequency", dataset.get("frequency"), lang),
        files=files,
        licence=licence_found,
        releases=_by_file(dataset, published, lang),
        citation=citation.text(work, tk._),
        bibtex=citation.bibtex(work),
        bibtex_url=_bibtex_url(dataset["id"]),
        examples=_examples(dataset, files),
        structured=None,
    )
    if dataset.get("quality_live"):
        page.structured = _structured(dataset, page)
    return page


def dataset_url(dataset: dict[str, Any]) -> str:
    """Return the lasting public address of a dataset: by id, the same in every language and when it is renamed."""
    return tk.url_for("dataset.read", id=dataset["id"], qualified=True, locale="default")


def updated(dataset: dict[str, Any]) -> str:
    """Return the day (YYYY-MM-DD) on which the data last changed: as told, else of the newest file, else of the record."""
    days = [str(r.get("last_modified") or "")[:10] for r in dataset.get("resources") or []]
    newest = max(days, default="")
    return str(dataset.get("modified") or newest or dataset.get("metadata_modified") or "")[:10]


def citable(dataset: dict[str, Any], release: dict[str, Any] | None = None) -> citation.Citable:
    """Return what is cited: the dataset, or one version of a file (as ``opencohesion_quality_release_list`` gives it)."""
    authors = tuple(_names(dataset.get("rights_holder"))) or (_publisher(dataset),)
    common = {"authors": authors, "publisher": str(tk.config.get("ckan.site_title") or "")}
    if release is None:
        return citation.Citable(
            key=f"{dataset['name']}-{updated(dataset)[:4]}",
            year=updated(dataset)[:4],
            title=dataset.get("title") or dataset["name"],
            version=str(dataset.get("version") or ""),
            url=dataset_url(dataset),
            **common,
        )
    return citation.Citable(
        key=f"{dataset['name']}-{release['number']}-{release['resource_id'][:8]}",
        year=release["published"][:4],
        title=f"{dataset.get('title') or dataset['name']}: {release['filename']}",
        version=str(release["number"]),
        url=release["url"],
        sha256=release.get("sha256") or "",
        **common,
    )


def _file(dataset: dict[str, Any], resource: dict[str, Any], proof: Proof | None, lang: str) -> PageFile:
    name = tk.h.resource_display_name(resource)
    code = resource.get("format") or (proof.format if proof else "") or ""
    shown_format = wording.format_name(code, lang)
    size = wording.file_size(int(resource["size"]), lang) if resource.get("size") else ""
    rows = proof.rows if proof else None
    words = wording.format_words(code)
    address = resource.get("download_url") or resource.get("url") or ""
    counted = (
        tk.ungettext("{num} row", "{num} rows", rows).format(num=tk.h.localised_number(rows))
        if rows is not None
        else ""
    )
    return PageFile(
        id=resource["id"],
        name=name,
        description=resource.get("description") or "",
        filename=proof.filename if proof else address.rsplit("/", 1)[-1],
        format=shown_format,
        format_words=tk._(words) if words else "",
        size=size,
        rows=rows,
        columns=proof.columns if proof else None,
        changed=str(resource.get("last_modified") or "")[:10],
        download_url=address if address.startswith(("https://", "http://", "/")) else "",
        page_url=tk.url_for(
            f"{dataset['type']}_resource.read", id=dataset["name"], resource_id=resource["id"]
        ),
        external=not resource.get("download_url"),
        proof=proof,
        licence=licence(resource.get("license"), lang),
        spoken=", ".join(part for part in (name, shown_format, size, counted) if part),
    )


def _releases(dataset: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        return tk.get_action("opencohesion_quality_release_list")(
            {"user": tk.current_user.name}, {"id": dataset["id"]}
        )
    except (tk.ObjectNotFound, tk.NotAuthorized):  # a type that the gate does not guard, or a draft
        return []


def _by_file(
    dataset: dict[str, Any], published: list[dict[str, Any]], lang: str
) -> list[tuple[str, list[PageRelease]]]:
    """Return the versions of each file, newest first: the files of today in their order, then those that were removed."""
    names = {r["id"]: tk.h.resource_display_name(r) for r in dataset.get("resources") or []}
    hashes = {r["id"]: r.get("hash") for r in dataset.get("resources") or []}
    of_file: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in published:
        of_file[one["resource_id"]].append(one)
    mended = records.repairs_of_dataset(dataset["id"]) if published else []
    result = []
    for resource_id in [*(i for i in names if i in of_file), *(i for i in of_file if i not in names)]:
        rows = sorted(of_file[resource_id], key=lambda one: -one["number"])
        versions = [
            _release(dataset, one, earlier, lang)
            for one, earlier in zip(rows, [*rows[1:], None], strict=True)
        ]
        for version in versions:
            behind = records.chain(mended, resource_id, version.facts.get("sha256") or "")
            version.repairs = [records.described(row) for row in behind if row.removed is None]
        newest = versions[0]
        newest.current = resource_id in names and newest.facts.get("sha256") == hashes.get(resource_id)
        result.append((names.get(resource_id) or rows[0]["filename"], versions))
    return result


def _release(
    dataset: dict[str, Any], one: dict[str, Any], earlier: dict[str, Any] | None, lang: str
) -> PageRelease:
    notes = one.get("notes") or ""
    withdrawn = bool(one["withdrawn"])
    return PageRelease(
        facts=one,
        size="" if withdrawn else wording.file_size(one["size"], lang),
        # notes that nobody wrote anew tell of an earlier change
        changes="" if earlier and earlier.get("notes") == notes else notes,
        citation="" if withdrawn else citation.text(citable(dataset, one), tk._),
        bibtex_url="" if withdrawn else _bibtex_url(dataset["id"], one),
    )


def _bibtex_url(dataset_id: str, release: dict[str, Any] | None = None) -> str:
    if release is None:
        return tk.url_for("opencohesion_dataset.citation", id=dataset_id)
    return tk.url_for(
        "opencohesion_dataset.release_citation",
        id=dataset_id,
        resource_id=release["resource_id"],
        number=release["number"],
    )


def _examples(dataset: dict[str, Any], files: list[PageFile]) -> list[Example]:
    usable = [f for f in files if f.download_url]
    first = next((f for f in usable if f.columns), usable[0] if usable else None)
    chosen = None
    if first:
        resource = next(r for r in dataset["resources"] if r["id"] == first.id)
        code = resource.get("format") or (first.proof.format if first.proof else "") or ""
        ours = first.download_url.startswith("/")
        chosen = ExampleFile(
            resource_id=first.id,
            url=tk.h.url_for(first.download_url, qualified=True) if ours else first.download_url,
            filename=first.filename.rsplit("/", 1)[-1] or "data",
            format=code,
            tabular=bool(first.columns),
        )
    return examples(f"{configured_base()}/api/3/action", dataset["id"], chosen, tk._)


def _structured(dataset: dict[str, Any], page: DatasetPage) -> dict[str, Any]:
    resources = {r["id"]: r for r in dataset["resources"]}
    return structured.schema_org(
        {
            "url": page.url,
            "title": dataset.get("title"),
            "description": tk.h.markdown_extract(dataset.get("notes"), extract_length=0),
            "identifier": dataset.get("identifier"),
            "keywords": [tag.get("display_name") or tag["name"] for tag in dataset.get("tags") or []],
            "licence_url": page.licence.url if page.licence else None,
            "rights_holders": page.rights_holders,
            "publisher": page.publisher,
            "catalogue": {"name": tk.config.get("ckan.site_title") or "", "url": configured_base() + "/"},
            "modified": page.updated,
            "issued": dataset.get("issued"),
            "periods": page.periods,
            "places": page.places,
            "version": dataset.get("version"),
            "files": [
                {
                    "name": file.name,
                    "url": file.download_url,
                    "format": file.format,
                    "media_type": resources[file.id].get("mimetype"),
                    "size": resources[file.id].get("size"),
                    "sha256": resources[file.id].get("hash"),
                }
                for file in page.files
                if file.download_url
            ],
        }
    )


def _publisher(dataset: dict[str, Any]) -> str:
    organization = dataset.get("organization") or {}
    return str(
        organization.get("title") or organization.get("name") or tk.config.get("ckan.site_title") or ""
    )


def _names(agents: Any) -> list[str]:
    return [str(a["name"]) for a in agents or [] if isinstance(a, dict) and a.get("name")]


def _places(dataset: dict[str, Any]) -> list[str]:
    named = [
        opencohesion_territory_label(code) for code in tk.h.opencohesion_listed(dataset.get("territory"))
    ]
    others = dataset.get("spatial_coverage") or []
    return named + [str(place["text"]) for place in others if isinstance(place, dict) and place.get("text")]


def _labels(name: str, values: Any, lang: str) -> list[str]:
    return [_label(name, value, lang) for value in tk.h.opencohesion_listed(values)]


def _label(name: str, value: Any, lang: str) -> str:
    term = vocabulary(name).find(str(value)) if value else None
    return term.label(lang) if term else str(value or "")
