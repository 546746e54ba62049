"""What a user sees, asked of the search index in one query: the index holds every dataset's permission labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckan import authz, model
from ckan.lib.plugins import get_permission_labels
from ckan.lib.search import query_for
from ckan.lib.search.query import solr_literal
from ckan.types import Context

from ckanext.opencohesion.quality.visibility.labels import PUBLIC

#: Solr's default limit of clauses in one query is 1024.
_IDS_PER_QUERY = 500


def _user(context: Context) -> Any:
    return context.get("auth_user_obj") or model.User.get(context.get("user"))


def sees_everything(context: Context) -> bool:
    """Say whether nothing is hidden from this caller: CKAN itself (``ignore_auth``) or a sysadmin."""
    return bool(context.get("ignore_auth")) or authz.is_sysadmin(context.get("user"))


def asking(context: Context) -> Context:
    """Return a context in which the same user asks and nothing else is said; templates give CKAN a name alone."""
    return Context(user=context.get("user", ""), auth_user_obj=_user(context))


def user_labels(context: Context) -> list[str]:
    """Return the permission labels of the user of this context; those of the public for nobody."""
    user = _user(context)
    return get_permission_labels().get_user_dataset_labels(user) if user else [PUBLIC]


def seen_values(context: Context, field: str, condition: str = "") -> dict[str, int]:
    """Return the values of an index field over all datasets the user sees, with the number of datasets of each.

    ``condition`` is a Solr filter query, written by us (no text of a client goes in unquoted).
    Raises ``ckan.lib.search.SearchError`` when the index does not answer: then nothing is shown.
    """
    query: dict[str, Any] = {
        "q": "*:*",
        "rows": 0,
        "fq_list": ["+entity_type:package", "+state:*", *([condition] if condition else [])],
        "facet.field": [field],
        "facet.limit": -1,
    }
    search = query_for(model.Package)
    search.run(query, permission_labels=user_labels(context))
    return search.facets.get(field, {})


def seen_ids(context: Context, package_ids: Iterable[str]) -> set[str]:
    """Return those of the datasets that the user sees."""
    wanted = sorted(set(package_ids))
    seen: set[str] = set()
    for start in range(0, len(wanted), _IDS_PER_QUERY):
        chunk = wanted[start : start + _IDS_PER_QUERY]
        clauses = " OR ".join(solr_literal(package_id) for package_id in chunk)
        seen.update(seen_values(context, "id", f"+id:({clauses})"))
    return seen
