"""The RDF profile `it_dcat_ap` of ckanext-dcat: CKAN's side of the description in rdf/.

Use it alone (`ckanext.dcat.rdf.profiles = it_dcat_ap`): its output is DCAT-AP_IT 1.0 and DCAT-AP 3.0.1 at once, so
running `euro_dcat_ap_3` before it would only say everything twice, and with values that we do not want (blank
agents, dates of the record as dates of the data, licences of unknown type).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from ckan.plugins import toolkit as tk
from ckanext.dcat.profiles.euro_dcat_ap_3 import EuropeanDCATAP3Profile
from ckanext.dcat.utils import catalog_uri, resource_uri
from rdflib import Graph, URIRef

from .rdf.catalogue import add_catalogue
from .rdf.datasets import add_dataset
from .rdf.document import Document
from .rdf.iri import safe_iri
from .rdf.namespaces import bind_prefixes
from .settings import catalogue_info, default_language

log = logging.getLogger(__name__)

# Fields of ckanext-dcat's own schemas that the Italian profile has no rule for: its European parent says them.
_EUROPEAN_FIELDS = (
    "applicable_legislation",
    "dcat_type",
    "has_version",
    "hvd_category",
    "in_series",
    "is_referenced_by",
    "provenance_activity",
    "qualified_attribution",
    "qualified_relation",
    "related_resource",
    "sample",
    "series_navigation",
    "source",
    "spatial_resolution_in_meters",
    "temporal_resolution",
)
_EUROPEAN_RESOURCE_FIELDS = (
    "access_services",
    "applicable_legislation",
    "compress_format",
    "language",
    "package_format",
    "spatial_resolution_in_meters",
    "temporal_resolution",
)


class UnserialisableDatasetError(Exception):
    """A dataset could not be described. Whoever asked gets an error, never a page without that dataset."""


class ItalianDCATAPProfile(EuropeanDCATAP3Profile):
    """CKAN → RDF for Italy. What it reads is ckanext-dcat's DCAT-AP 3 profile (RDF → CKAN is inherited)."""

    # Owners' records, kept as long as the graph of one page is: a page of 100 datasets has few of them.
    _organizations: WeakKeyDictionary[Graph, dict[str, Mapping[str, Any] | None]] = WeakKeyDictionary()

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Adds a dataset to the graph.

        Raises:
            UnserialisableDatasetError: the dataset can not be described. The whole page then fails with an error
                status: the national harvester deletes what a page answered with 200 no longer holds, so a
                page is complete or it is not served.
        """
        document = self._document()
        try:
            add_dataset(
                document,
                dataset_dict,
                dataset_ref,
                lambda resource: self._distribution_uri(dataset_dict, resource),
                self._organization(dataset_dict),
            )
            self._add_european_fields(dataset_dict, dataset_ref)
        except Exception as error:
            raise UnserialisableDatasetError(
                f"The dataset {dataset_dict.get('name')} ({dataset_dict.get('id')}) can not be written as RDF: {error}"
            ) from error
        if document.left_out:
            log.info("RDF of dataset %s: left out %s", dataset_dict.get("name"), "; ".join(document.left_out))

    def graph_from_catalog(self, catalog_dict: Mapping[str, Any] | None, catalog_ref: URIRef) -> None:
        """Adds the catalogue to the graph; `catalog_dict` is not used, the configuration says what it is."""
        document = self._document()
        info = catalogue_info(_newest_change())
        add_catalogue(document, catalog_ref, info)
        missing = info.missing()
        if missing:
            log.error(
                "The catalogue does not say its %s, which DCAT-AP_IT wants: dati.gov.it may refuse it. "
                "Set the options ckanext.opencohesion.dcatapit.* in the configuration file.",
                ", ".join(missing),
            )
        for sentence in document.left_out:
            log.error("Catalogue: left out %s. See the options ckanext.opencohesion.dcatapit.*", sentence)

    def _document(self) -> Document:
        bind_prefixes(self.g)
        base = catalog_uri().rstrip("/")
        # the pages are the portal's: this room may be used without them
        structures = f"{base}/schemas/" if "opencohesion_structure_address" in tk.h else ""
        return Document(self.g, base, default_language(), structures)

    @staticmethod
    def _distribution_uri(dataset_dict: Mapping[str, Any], resource: Mapping[str, Any]) -> URIRef:
        address = resource_uri({"package_id": dataset_dict["id"], **resource})
        return safe_iri(address) or URIRef(
            f"{catalog_uri()}/dataset/{dataset_dict['id']}/resource/{resource['id']}"
        )

    def _organization(self, dataset_dict: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The full record of the dataset's owner, with its IPA code; None if it has no owner."""
        owner = dataset_dict.get("owner_org")
        if not owner:
            return None
        known = self._organizations.setdefault(self.g, {})
        if owner not in known:
            try:
                known[owner] = tk.get_action("organization_show")(
                    {"ignore_auth": True},
                    {
                        "id": owner,
                        "include_dataset_count": False,
                        "include_users": False,
                        "include_groups": False,
                        "include_tags": False,
                        "include_followers": False,
                    },
                )
            except tk.ObjectNotFound:
                known[owner] = None
        return known[owner]

    def _add_european_fields(self, dataset_dict: Mapping[str, Any], dataset_ref: URIRef) -> None:
        """Lets the parent profile say the fields that only it knows, in a graph of its own.

        A graph of its own, because it walks all that is there once for each dataset.
        """
        fields = {key: dataset_dict[key] for key in _EUROPEAN_FIELDS if dataset_dict.get(key)}
        resources = [
            {key: each[key] for key in _EUROPEAN_RESOURCE_FIELDS if each.get(key)}
            | {"id": each["id"], "uri": uri}
            for each in dataset_dict.get("resources", [])
            if any(each.get(key) for key in _EUROPEAN_RESOURCE_FIELDS)
            for uri in [str(self._distribution_uri(dataset_dict, each))]
        ]
        if not fields and not resources:
            return
        european = EuropeanDCATAP3Profile(Graph())
        european.graph_from_dataset({**fields, "resources": resources}, dataset_ref)
        for triple in european.g:
            self.g.add(triple)


def _newest_change() -> str:
    """When the newest of the datasets that everybody sees changed; empty if there is none."""
    found = tk.get_action("package_search")(
        {"user": "", "ignore_auth": False, "auth_user_obj": None},
        {
            "sort": "metadata_modified desc",
            "rows": 1,
            "fl": ["metadata_modified"],
            "fq": "-dataset_type:harvest",
            "facet": "false",
        },
    )["results"]
    return found[0]["metadata_modified"] if found else ""
