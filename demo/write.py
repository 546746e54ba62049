"""Write the sample files: ``python -m demo.write --region 18 FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

from demo.sample import sample_files


def write(region: str, folder: Path) -> list[Path]:
    """Write the sample files of ``region`` under ``folder`` and return their paths.

    A file that already holds the same bytes is left alone, so that its date does not change.
    """
    written = []
    for sample, content in sample_files(region):
        path = folder / sample.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        written.append(path)
    return written


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description="Write the sample files in the publishers' formats.")
    parser.add_argument("--region", default="18", help="ISTAT code of the region, two digits (default: 18)")
    parser.add_argument("folder", type=Path, help="where the files go")
    options = parser.parse_args()
    try:
        paths = write(options.region, options.folder)
    except LookupError as error:
        parser.error(str(error.args[0]))
    for path in paths:
        print(path)


if __name__ == "__main__":
    main()
