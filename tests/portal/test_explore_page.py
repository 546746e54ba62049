"""A file's page: its rows, columns, chart and map, in both languages, as its address asks."""

from __future__ import annotations

from typing import Any

from explore_files import FREE, PLACES, make_file
from support.people import Person


def test_the_page_shows_rows_as_people_write_them(
    officer: Person, organization: dict[str, Any], app: Any
) -> None:
    resource = make_file(app, officer, organization, FREE)
    page = app.get(resource["page"]).body
    open("/tmp/exp/page.html","w").write(page)
    assert "1.234,50" in page and "31/12/2024" in page and "007" in page
    for part in ("columns", "chart", "map"):
        body = app.get(f"{resource['page']}?show={part}").body
        open(f"/tmp/exp/{part}.html","w").write(body)
    resource = make_file(app, officer, organization, PLACES, table_schema="opencoesione/localizzazioni")
    for part in ("table", "columns", "chart", "map"):
        body = app.get(f"{resource['page']}?show={part}").body
        open(f"/tmp/exp/p-{part}.html","w").write(body)
