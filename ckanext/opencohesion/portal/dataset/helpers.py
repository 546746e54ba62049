"""What the template of the dataset page asks."""

from __future__ import annotations

from typing import Any

from ckanext.opencohesion.portal.dataset.page import DatasetPage, dataset_page


def opencohesion_dataset_page(dataset: dict[str, Any]) -> DatasetPage:
    """Return all that the page of a dataset shows beyond its fields."""
    return dataset_page(dataset)
