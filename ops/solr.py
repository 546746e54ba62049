"""The portal's own Solr: jars from the pinned pom, CKAN's core from solr/conf, one JVM."""

from __future__ import annotations

import shutil
import subprocess
import urllib.error
import urllib.request

from ops.errors import MissingSystemPartError, PortalError
from ops.fingerprint import fingerprint_of
from ops.settings import CHECKOUT, Settings

SOURCE = CHECKOUT / "solr"
CORE = "ckan"
HEAP = "512m"


def needs_build(settings: Settings) -> bool:
    """Whether the jars are missing or were made from another pom or launcher."""
    stamp = settings.state / "solr" / "built-from"
    return not stamp.is_file() or stamp.read_text() != _build_source()


def build(settings: Settings) -> None:
    """Fetch Solr's jars and compile the launcher.

    Maven works below the state folder, its download cache too. Raises PortalError with Maven's own last lines.
    """
    folder = settings.state / "solr"
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingSystemPartError("Maven is missing: apt-get install maven default-jdk-headless")
    build_folder = folder / "build"
    shutil.rmtree(build_folder, ignore_errors=True)
    build_folder.mkdir(parents=True)
    done = subprocess.run(  # noqa: S603
        [
            maven,
            "--batch-mode",
            "--quiet",
            f"--file={SOURCE / 'pom.xml'}",
            f"-Dsolr.build={build_folder}",
            f"-Dmaven.repo.local={settings.state / 'cache' / 'maven'}",
            "package",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        raise PortalError("Solr could not be fetched by Maven:\n  " + "\n  ".join(lines[-15:]))
    (folder / "built-from").write_text(_build_source())


def _build_source() -> str:
    return fingerprint_of([SOURCE / "pom.xml", SOURCE / "src"])


def core_has_changed(settings: Settings) -> bool:
    """Whether our core's files are others than those that Solr's home was made from."""
    stamp = settings.state / "solr" / "home" / "made-from"
    return not stamp.is_file() or stamp.read_text() != _core_source()


def write_home(settings: Settings) -> None:
    """Lay out Solr's home with our core and an empty index. To be called while Solr does not run."""
    home = settings.state / "solr" / "home"
    core = home / CORE
    core.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE / "solr.xml", home / "solr.xml")
    for old in ("conf", "data"):  # an index made with other analyzers would give wrong answers
        shutil.rmtree(core / old, ignore_errors=True)
    shutil.copytree(SOURCE / "conf", core / "conf")
    (core / "core.properties").write_text(f"name={CORE}\n")
    (home / "made-from").write_text(_core_source())


def _core_source() -> str:
    return fingerprint_of([SOURCE / "conf", SOURCE / "solr.xml"])


def command(settings: Settings) -> list[str]:
    """The server's command line, in the foreground. Raises MissingSystemPartError where Java is not installed."""
    java = shutil.which("java")
    if java is None:
        raise MissingSystemPartError("Java is missing: apt-get install default-jdk-headless")
    folder = settings.state / "solr"
    jars = folder / "build" / "lib" / "*"
    return [
        java,
        f"-Xmx{HEAP}",
        "-cp",
        str(jars),
        "SolrLauncher",
        str(folder / "home"),
        str(settings.solr_port),
    ]


def url(settings: Settings) -> str:
    """The core's address for CKAN."""
    return f"http://127.0.0.1:{settings.solr_port}/solr/{CORE}"


def is_ready(settings: Settings) -> bool:
    """Whether the core answers a query."""
    try:
        with urllib.request.urlopen(f"{url(settings)}/select?q=*:*&rows=0", timeout=5) as answer:  # noqa: S310
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
