"""`make sbom`: what a portal is made of, as a CycloneDX document: Python packages, front-end libraries, Solr's jars.

It is read from the lock files and from what Maven fetched for the pinned pom, so that it says what `make portal` and the
images install. PostgreSQL, Redis, Java and the system below them are the machine's, and are not in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from packaging.requirements import Requirement

from ops import solr
from ops.settings import CHECKOUT, Settings

FILE = "sbom.cdx.json"
OUR_JAR = "solr-launcher-"  # solr/src


def write(settings: Settings) -> int:
    """Write the document into the state folder and tell where it is."""
    if solr.needs_build(settings):
        solr.build(settings)
    target = settings.state / FILE
    made = document(settings.state / "solr" / "build" / "lib", settings.state / "cache" / "maven")
    target.write_text(json.dumps(made, indent=1), "utf-8")
    print(f"  {target}: {len(made['components'])} components")
    return 0


def document(jars: Path, maven: Path) -> dict[str, Any]:
    """Return the document of this checkout, CycloneDX 1.6. `jars`: Solr's; `maven`: the folder they were fetched into."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    components = [
        *python_packages((CHECKOUT / "requirements" / "portal.lock").read_text("utf-8")),
        *npm_packages(json.loads((CHECKOUT / "frontend" / "package-lock.json").read_text("utf-8"))),
        *maven_artifacts(jars, maven),
    ]
    portal = {
        "type": "application",
        "bom-ref": project["name"],
        "name": project["name"],
        "version": project["version"],
        "licenses": [{"expression": project["license"]}],
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid4()}",
        "version": 1,
        "metadata": {"timestamp": datetime.now(UTC).isoformat(timespec="seconds"), "component": portal},
        "components": components,
        "dependencies": [{"ref": project["name"], "dependsOn": [part["bom-ref"] for part in components]}],
    }


def python_packages(lock: str) -> Iterator[dict[str, Any]]:
    """Yield the packages of a lock file that this system installs, with their licence where the package tells it."""
    for line in re.findall(r"^[a-zA-Z0-9].*$", lock, flags=re.MULTILINE):
        requirement = Requirement(line.rstrip("\\ "))
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            told = metadata(requirement.name).json
        except PackageNotFoundError:
            told = {}
        version = str(requirement.specifier).removeprefix("==")
        licence = str(told.get("license_expression", ""))
        yield _component("pypi", "", requirement.name.lower(), version, licence=licence)


def npm_packages(lock: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the packages of a package-lock.json that reach the pages; what only builds them does not."""
    places: dict[str, dict[str, Any]] = {}
    for place, package in lock["packages"].items():
        if place and not package.get("dev"):
            name = place.rpartition("node_modules/")[2]
            places.setdefault(
                f"{name}@{package['version']}", package | {"name": name}
            )  # the same in two places
    for package in places.values():
        scope, _, name = package["name"].rpartition("/")
        algorithm, _, digest = package["integrity"].partition("-")
        hashes = {"SHA-512": base64.b64decode(digest).hex()} if algorithm == "sha512" else {}
        yield _component(
            "npm", scope, name, package["version"], licence=package.get("license", ""), hashes=hashes
        )


def maven_artifacts(jars: Path, maven: Path) -> Iterator[dict[str, Any]]:
    """Yield the jars but our own, whose group is told by where Maven put them.

    Raises ValueError for a jar that it did not fetch.
    """
    fetched = {path.name: path.relative_to(maven).parts for path in maven.rglob("*.jar")}
    for jar in sorted(jars.glob("*.jar")):
        if jar.name.startswith(OUR_JAR):
            continue
        if jar.name not in fetched:
            raise ValueError(f"{jar} was not fetched into {maven}")
        *group, name, version, _ = fetched[jar.name]
        digest = hashlib.sha256(jar.read_bytes()).hexdigest()
        classifier = jar.stem.removeprefix(f"{name}-{version}").strip(
            "-"
        )  # the same artifact for several systems
        yield _component(
            "maven", ".".join(group), name, version, hashes={"SHA-256": digest}, classifier=classifier
        )


def _component(
    kind: str,
    group: str,
    name: str,
    version: str,
    *,
    licence: str = "",
    hashes: dict[str, str] | None = None,
    classifier: str = "",
) -> dict[str, Any]:
    path = "/".join(quote(part, safe=".-_") for part in (group, name) if part)
    url = f"pkg:{kind}/{path}@{quote(version, safe='.-_')}"
    if classifier:
        url += f"?classifier={quote(classifier, safe='.-_')}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": url,
        "purl": url,
        "name": name,
        "version": version,
    }
    if group:
        component["group"] = group
    if licence:
        component["licenses"] = [{"expression": licence}]
    if hashes:
        component["hashes"] = [
            {"alg": algorithm, "content": content} for algorithm, content in hashes.items()
        ]
    return component
