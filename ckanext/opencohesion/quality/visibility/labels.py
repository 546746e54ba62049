"""The one rule of who sees a dataset, as CKAN asks for it: permission labels.

The label ``public`` is what opens a dataset to everyone. It is withheld here until the gate granted it, even if the
database says that the dataset is not private: the second of the gate's two walls.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import ckan.plugins.toolkit as tk
from ckan.exceptions import CkanConfigurationException
from ckan.lib.plugins import DefaultPermissionLabels, get_permission_labels

from ckanext.opencohesion.quality import state
from ckanext.opencohesion.quality.decisions import policy

if TYPE_CHECKING:
    from ckan import model

log = logging.getLogger(__name__)

PUBLIC = "public"
#: Of what wants to be public and is held back: the data office, which decides on it, sees it whichever office's it is.
OFFICE = "opencohesion-data-office"
#: Of drafts and deleted datasets, followed by the organization's id: only who may edit them sees them.
EDITOR = "opencohesion-editor-"


class GateLabels(DefaultPermissionLabels):
    """CKAN's own labels, ``public`` apart: a plugin that implements ``IPermissionLabels`` inherits this."""

    def get_dataset_labels(self, dataset_obj: model.Package) -> list[str]:
        """Return the labels of which a user needs one to see the dataset."""
        if _says(_open, dataset_obj):
            return super().get_dataset_labels(dataset_obj)
        labels = self.held_back_labels(dataset_obj)
        return [*labels, OFFICE] if _says(_awaits_office, dataset_obj) else labels

    def get_user_dataset_labels(self, user_obj: model.User) -> list[str]:
        """Return the labels that open a dataset to a user."""
        labels = super().get_user_dataset_labels(user_obj)
        if not user_obj or user_obj.is_anonymous:  # CKAN gives none for a job
            return labels
        edited = tk.get_action("organization_list_for_user")(
            {"user": user_obj.name}, {"permission": "update_dataset"}
        )
        labels = [*labels, *(f"{EDITOR}{organization['id']}" for organization in edited)]
        return [*labels, OFFICE] if policy.is_of_deciding_office(user_obj) else labels

    def held_back_labels(self, dataset_obj: model.Package) -> list[str]:
        """Return the labels that CKAN would give the same dataset if it were private.

        CKAN shows drafts and deleted datasets to whoever reads for the organization; here they are its editors' alone.
        """
        private: Any = SimpleNamespace(
            id=dataset_obj.id,
            state=dataset_obj.state,
            private=True,
            owner_org=dataset_obj.owner_org,
            creator_user_id=dataset_obj.creator_user_id,
        )
        labels = super().get_dataset_labels(private)
        if dataset_obj.state == "active":
            return labels
        return [
            f"{EDITOR}{dataset_obj.owner_org}" if label == f"member-{dataset_obj.owner_org}" else label
            for label in labels
        ]


def held_back_labels(dataset_obj: model.Package) -> list[str]:
    """Return the labels of a dataset as long as the public does not see it."""
    labels: GateLabels = get_permission_labels()
    return labels.held_back_labels(dataset_obj)


def refuse_conflict() -> None:
    """Raise ``CkanConfigurationException`` when another plugin decides who sees datasets.

    CKAN asks only the first plugin that implements ``IPermissionLabels``. If that one does not inherit
    ``GateLabels``, the gate stands open.
    """
    first = get_permission_labels()
    if isinstance(first, GateLabels):
        return
    name = getattr(first, "name", type(first).__name__)
    raise CkanConfigurationException(
        f"The plugin '{name}' decides who sees datasets (IPermissionLabels) and stands before 'opencohesion_quality' in "
        "ckan.plugins; CKAN asks only the first such plugin, so datasets that have not passed their checks would be "
        "public. Put 'opencohesion_quality' first, or let that plugin's class inherit "
        "ckanext.opencohesion.quality.visibility.GateLabels."
    )


def _says(question: Callable[[model.Package], bool], dataset_obj: model.Package) -> bool:
    """Say whether the gate says yes. Any trouble in finding out means no."""
    try:
        return question(dataset_obj)
    except Exception:
        log.exception("The gate's state of dataset %s can not be read: it is held back", dataset_obj.id)
        return False


def _open(dataset_obj: model.Package) -> bool:
    """Say whether the gate lets CKAN's own rule decide."""
    if state.exempt(dataset_obj.type):
        return True
    is_active = dataset_obj.state == "active"
    return is_active and state.guarded(dataset_obj.type) and state.is_live(dataset_obj.id)


def _awaits_office(dataset_obj: model.Package) -> bool:
    """Say whether the data office may have to decide on a dataset of any organization."""
    found = state.get_state(dataset_obj.id)
    wanted = found is not None and found.wants_public and found.status in state.HELD_BACK
    return wanted and dataset_obj.state == "active"
