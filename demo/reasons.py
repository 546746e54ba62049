"""Why the gate held a dataset back, in Italian sentences, the gravest first."""

from __future__ import annotations

import gettext
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from ckanext.opencohesion.quality.reports.listing import causes


@cache
def _italian() -> gettext.NullTranslations:
    with as_file(files("ckanext.opencohesion") / "i18n") as folder:
        return gettext.translation("ckanext-opencohesion", folder, ["it"], fallback=True)


def reasons_of(report: dict[str, Any]) -> list[str]:
    """Return a sentence for each cause that holds back in ``report``, as ``opencohesion_quality_report_show`` gives it."""
    reasons = [str(finding) for finding in report["metadata"]]
    for resource in report["resources"]:
        for cause in causes(resource, _italian().gettext):
            if cause.severity == "error":
                times = f" (in tutto {cause.total} volte)" if cause.total > 1 else ""
                reasons.append(cause.explanation.sentence.strip() + times)
    return reasons
