#!/bin/bash
# Makes a Python environment from a lock file: ops/environment.sh PYTHON VENV LOCK CACHE. For `make portal`, where VENV lies
# in the state folder, and for the container image. LOCK is the name of one of requirements/*.lock.
set -euo pipefail
cd "$(dirname "$0")/.."
python="$1" venv="$2" lock="$3" cache="$4"

mkdir -p "$cache"
export TMPDIR="$cache" # uv leaves lock files there
rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --cache-dir "$cache/pip" \
  --require-hashes -r requirements/build.lock
uv=("$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --cache-dir "$cache/uv" --no-build-isolation)
"${uv[@]}" --require-hashes -r "requirements/$lock.lock"
# setuptools is told to keep its notes out of the checkout
printf '[egg_info]\negg_base = %s\n' "$cache" >"$cache/distutils.cfg"
DIST_EXTRA_CONFIG="$cache/distutils.cfg" "${uv[@]}" --no-deps --editable .
