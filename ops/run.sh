#!/bin/bash
# What the Makefile calls: `ops/run.sh COMMAND`. Makes sure of the system packages and of the Python environment, then
# hands over to `python -m ops COMMAND`.
set -euo pipefail
cd "$(dirname "$0")/.."
exec "${PORTAL_VENV:-}/bin/python" -m ops "$@"
