"""The room ``opencohesion_dcatapit`` alone, with scheming and dcat only: forms, rules and RDF, without the gate's room."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ckan.plugins import toolkit as tk
from support.people import dataset_fields

SCRIPT = """
import json, sys
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.plugins import toolkit as tk

config = CKANConfigLoader(sys.argv[1]).get_config()
config["ckan.plugins"] = "dcat opencohesion_dcatapit scheming_datasets scheming_organizations"
app = make_app(config)
with app._wsgi_app.test_request_context():
    name = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    act = lambda action, **data: tk.get_action(action)({"ignore_auth": True, "user": name}, data)
    fields = json.loads(sys.argv[2])
    organization = act("organization_create", name="ente", title="Ente", identifier="regcal", email="e@example.org")
    resources = [{"url": "https://example.org/dati.csv", "format": "CSV", "name": "Dati"}]
    made = act("package_create", **{**fields, "owner_org": organization["id"], "resources": resources})
    turtle = act("dcat_dataset_show", id=made["id"], format="ttl")
    try:
        act("package_create", **{**fields, "name": "altro", "theme": [], "owner_org": organization["id"]})
        refused = {}
    except tk.ValidationError as error:
        refused = error.error_dict
rooms = sorted(m for m in sys.modules if m.startswith("ckanext.opencohesion.") and m.count(".") == 2)
heavy = sorted({"frictionless", "duckdb", "pandas", "openpyxl"} & set(sys.modules))
print(json.dumps({"turtle": turtle, "refused": list(refused), "rooms": rooms, "heavy": heavy, "private": made["private"]}))
"""


def test_a_portal_with_this_room_alone_publishes_right_metadata(clean_db: None, tmp_path: Path) -> None:
    script = tmp_path / "alone.py"
    script.write_text(SCRIPT, encoding="utf-8")
    fields = json.dumps(dataset_fields(""))
    run = subprocess.run(
        [sys.executable, str(script), tk.config["__file__"], fields],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    assert "dcatapit:Dataset" in told["turtle"]
    assert "<https://creativecommons.org/licenses/by/4.0/>" in told["turtle"]
    assert told["refused"] == ["theme"]
    assert told["private"] is False
    assert told["heavy"] == []
    # `portal` itself is there: the configuration file names a formatter of log lines that lies in it; and the names of
    # Table Schemas (`tables`, without its engines): a distribution tells the one it conforms to
    others = {f"ckanext.opencohesion.{room}" for room in ("quality", "jobs", "fetch", "stewardship")}
    assert others.isdisjoint(told["rooms"])
