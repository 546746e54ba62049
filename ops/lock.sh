#!/bin/bash
# `make lock`: writes requirements/*.lock from requirements/*.in, for Python 3.11 and newer, with hashes and without
# the address of any package index.
set -euo pipefail
cd "$(dirname "$0")/../requirements"
for name in build portal dev; do
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
    "$@" "$name.in" --output-file "$name.lock"
done
