"""What the template of the dataset page asks."""

from __future__ import annotations

from typing import Any

from ckanext.opencohesion.dcatapit.language import current_language
from ckanext.opencohesion.portal.dataset import wording
from ckanext.opencohesion.portal.dataset.page import DatasetPage, dataset_page


def opencohesion_dataset_page(dataset: dict[str, Any]) -> DatasetPage:
    """Return all that the page of a dataset shows beyond its fields."""
    return dataset_page(dataset)


def opencohesion_file_size(size_bytes: int) -> str:
    """Return a file's size as the reader's language writes it."""
    return wording.file_size(size_bytes, current_language())
