"""The wheel holds all that the package needs, and nothing beside it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from ops.frontend import BUILT
from ops.settings import CHECKOUT

PACKAGES = ("ckanext/", "frictionless_opencohesion/")


def test_every_file_of_the_package_is_in_the_wheel(tmp_path: Path) -> None:
    listed = subprocess.check_output(["git", "ls-files"], cwd=CHECKOUT, text=True).split("\n")
    tracked = {name for name in listed if name and (CHECKOUT / name).exists()}
    source = tmp_path / "source"
    for name in tracked:
        if name.startswith(PACKAGES) or "/" not in name:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((CHECKOUT / name).read_bytes())
    made = {path.relative_to(CHECKOUT).as_posix() for path in BUILT.rglob("*") if path.is_file()}
    assert len(made) > 10, "make test makes the front-end files before the tests run"
    for name in made:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((CHECKOUT / name).read_bytes())
    command = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--no-build-isolation", "--offline"]
    command += [
        "--python",
        sys.executable,
        "--cache-dir",
        str(tmp_path / "cache"),
        "--out-dir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(source)], check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == {name for name in tracked if name.startswith(PACKAGES)} | made
    assert "ckanext/__init__.py" not in packed
