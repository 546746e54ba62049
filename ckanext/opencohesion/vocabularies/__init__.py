"""The lists of values that the portal accepts, as CSV files with their provenance (SOURCES.md), and the one reader of them.

For every room that needs a code, a URI or a label. Not for forms, validation or RDF: those rooms ask here.
"""

from __future__ import annotations

from ckanext.opencohesion.vocabularies.reader import (
    Choice,
    Term,
    UnknownVocabularyError,
    Vocabulary,
    vocabulary,
    vocabulary_names,
)

__all__ = ["Choice", "Term", "UnknownVocabularyError", "Vocabulary", "vocabulary", "vocabulary_names"]
