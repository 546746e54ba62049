"""Examples of how programs get a dataset, with its real addresses: curl, Python, R. Plain module.

Every address and name is quoted for the language it stands in: a file may be called anything.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from ckanext.opencohesion.i18n_marks import N_

_COMMENTS = {
    "metadata": N_("What the dataset is, as JSON"),
    "file": N_("The whole file"),
    "text": N_("All columns as text, so that codes keep their leading zeros"),
    "rows": N_("The first rows of the file, as JSON"),
}
_ROWS_SHOWN = 10
_TEXT_TABLES = ("CSV", "TSV")
_SPREADSHEETS = ("XLSX", "XLS", "ODS")


@dataclass(frozen=True)
class ExampleFile:
    """A file of the dataset. ``tabular``: the rows of it can be asked for."""

    resource_id: str
    url: str
    filename: str
    format: str
    tabular: bool


@dataclass(frozen=True)
class Example:
    """How it is done in one language."""

    language: str
    code: str


def examples(
    api: str, dataset_id: str, file: ExampleFile | None, translate: Callable[[str], str]
) -> list[Example]:
    """Return the examples for a dataset and its first file.

    ``api``: the address of the actions, such as ``https://data.example.org/api/3/action``, without a slash at its end.
    """

    def comment(name: str) -> str:
        return "# " + " ".join(translate(_COMMENTS[name]).split())

    return [
        Example("curl", _curl(api, dataset_id, file, comment)),
        Example("Python", _python(api, dataset_id, file, comment)),
        Example("R", _r(api, dataset_id, file, comment)),
    ]


def _show_url(api: str, dataset_id: str) -> str:
    return f"{api}/package_show?{urlencode({'id': dataset_id})}"


def _rows_url(api: str, file: ExampleFile) -> str:
    return f"{api}/opencohesion_table_rows?{urlencode({'id': file.resource_id, 'limit': _ROWS_SHOWN})}"


def _curl(api: str, dataset_id: str, file: ExampleFile | None, comment: Callable[[str], str]) -> str:
    lines = [comment("metadata"), f"curl {shlex.quote(_show_url(api, dataset_id))}"]
    if file:
        # with ./ no name is taken for an option
        lines += [
            "",
            comment("file"),
            f"curl --output {shlex.quote('./' + file.filename)} {shlex.quote(file.url)}",
        ]
        if file.tabular:
            lines += ["", comment("rows"), f"curl {shlex.quote(_rows_url(api, file))}"]
    return "\n".join(lines)


def _python(api: str, dataset_id: str, file: ExampleFile | None, comment: Callable[[str], str]) -> str:
    reader = _pandas(file) if file else ""
    lines = ["import pandas as pd"] if reader else []
    lines += [
        "import requests",
        "",
        f"API = {_quoted(api)}",
        "",
        comment("metadata"),
        f'answer = requests.get(f"{{API}}/package_show", params={{"id": {_quoted(dataset_id)}}}, timeout=60)',
        'dataset = answer.json()["result"]',
        'print(dataset["title"])',
    ]
    if file and reader:
        lines += ["", comment("file"), comment("text"), reader, "print(table.head())"]
    elif file:
        lines += [
            "",
            comment("file"),
            f"content = requests.get({_quoted(file.url)}, timeout=60).content",
            f'with open({_quoted(file.filename)}, "wb") as target:',
            "    target.write(content)",
        ]
    if file and file.tabular:
        parameters = f'{{"id": {_quoted(file.resource_id)}, "limit": {_ROWS_SHOWN}}}'
        lines += [
            "",
            comment("rows"),
            f'answer = requests.get(f"{{API}}/opencohesion_table_rows", params={parameters}, timeout=60)',
            'print(answer.json()["result"])',
        ]
    return "\n".join(lines)


def _pandas(file: ExampleFile) -> str:
    if file.format in _TEXT_TABLES:
        return f'table = pd.read_csv({_quoted(file.url)}, sep=None, engine="python", dtype=str)'
    if file.format in _SPREADSHEETS:
        return f"table = pd.read_excel({_quoted(file.url)}, dtype=str)"
    return ""


def _r(api: str, dataset_id: str, file: ExampleFile | None, comment: Callable[[str], str]) -> str:
    lines = [
        "library(jsonlite)",
        "",
        comment("metadata"),
        f"dataset <- fromJSON({_quoted(_show_url(api, dataset_id))})$result",
        "dataset$title",
    ]
    if file and file.format in _TEXT_TABLES:
        lines += [
            "",
            comment("file"),
            comment("text"),
            f'table <- data.table::fread({_quoted(file.url)}, colClasses = "character")',
            "head(table)",
        ]
    elif file:
        lines += [
            "",
            comment("file"),
            f'download.file({_quoted(file.url)}, {_quoted(file.filename)}, mode = "wb")',
        ]
        if file.format in _SPREADSHEETS and file.format != "ODS":
            lines += [
                comment("text"),
                f'table <- readxl::read_excel({_quoted(file.filename)}, col_types = "text")',
            ]
    if file and file.tabular:
        lines += ["", comment("rows"), f"rows <- fromJSON({_quoted(_rows_url(api, file))})$result", "rows"]
    return "\n".join(lines)


def _quoted(value: str) -> str:
    """Return a string literal that Python and R read alike."""
    return json.dumps(value, ensure_ascii=False)
