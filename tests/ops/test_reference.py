"""What the software offers is documented: settings, actions, commands and pages, and the guides hang together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ops import docs, reference
from ops.settings import CHECKOUT


def test_the_reference_tells_all_there_is_and_explains_it(app: Any) -> None:
    with app.flask_app.test_request_context():
        found = reference.entries(app.flask_app)
    assert {one.section for one in found} == {"Settings", "Actions", "Commands", "Pages"}
    assert [
        one.name for one in found if len(one.meaning.removeprefix("GET. ").removeprefix("POST. ")) < 10
    ] == []
    assert reference.FILE.read_text("utf-8") == reference.as_markdown(found), "run `make reference`"


def test_every_environment_variable_of_make_portal_is_in_the_operators_guide() -> None:
    code = "".join(path.read_text("utf-8") for path in (CHECKOUT / "ops").glob("*.py"))
    told = "".join(
        (CHECKOUT / name).read_text("utf-8")
        for name in ("README.md", "docs/operator.md", "docs/developer.md")
    )
    names = set(re.findall(r"\bPORTAL_[A-Z0-9_]+\b", code))
    assert len(names) > 5
    assert {name for name in names if name not in told} == set()


def test_the_guides_make_a_site_without_a_dead_link(tmp_path: Path) -> None:
    assert docs.build_into(tmp_path / "site", tmp_path / "cache") == 0
    assert (tmp_path / "site" / "officer.html").is_file()
