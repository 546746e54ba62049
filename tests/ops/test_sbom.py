"""The list of components: what the lock files and Maven say, in a document that CycloneDX's own schema takes."""

from __future__ import annotations

import json
from pathlib import Path

from ckan.common import config
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from ops import sbom
from ops.settings import CHECKOUT
from ops.testing import settings_of


def test_it_names_everything_that_a_portal_is_made_of() -> None:
    settings = settings_of(Path(config["__file__"]))
    assert sbom.write(settings) == 0
    text = (settings.state / sbom.FILE).read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    assert document["metadata"]["component"]["name"] == "ckanext-opencohesion"
    found = {component["purl"]: component for component in document["components"]}
    lock = (CHECKOUT / "requirements" / "portal.lock").read_text()
    ckan = next(line.split("==")[1].strip(" \\") for line in lock.splitlines() if line.startswith("ckan=="))
    assert f"pkg:pypi/ckan@{ckan}" in found
    assert found["pkg:pypi/ckan@" + ckan]["version"] == ckan
    package = json.loads((CHECKOUT / "frontend" / "package.json").read_text())
    for name, version in package["dependencies"].items():
        assert found[f"pkg:npm/{name}@{version}"]["licenses"]
        assert len(found[f"pkg:npm/{name}@{version}"]["hashes"][0]["content"]) == 128
    assert not any(purl.startswith("pkg:npm/esbuild") for purl in found), "it builds, and reaches no page"
    jars = list((settings.state / "solr" / "build" / "lib").glob("*.jar"))
    maven = [purl for purl in found if purl.startswith("pkg:maven/")]
    assert len(maven) == len(jars) - 1 > 100, "all but our own launcher"
    assert any(purl.startswith("pkg:maven/org.apache.solr/solr-core@") for purl in maven)
    # markers: what only other systems install is not listed
    assert not any(purl.startswith("pkg:pypi/colorama@") for purl in found)


def test_locked_packages_are_parsed_with_their_markers() -> None:
    lock = """# comment
alpha==1.0 \\
    --hash=sha256:00
Beta-x==2.1.post1 ; python_full_version >= '3.99' \\
    --hash=sha256:11
gamma[extra]==3 ; python_full_version >= '3.8'
"""
    assert [component["purl"] for component in sbom.python_packages(lock)] == [
        "pkg:pypi/alpha@1.0",
        "pkg:pypi/gamma@3",
    ]
