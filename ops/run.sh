#!/bin/bash
# What the Makefile calls: `ops/run.sh COMMAND`. Makes sure of the system packages and of the locked Python environment
# in the state folder, then hands over to `python -m ops COMMAND`. Errors leave with the exit codes of ops/errors.py.
#
# PORTAL_VENV=FOLDER is for developers: a ready environment to use as it is; nothing is installed then.
set -euo pipefail
cd "$(dirname "$0")/.."
command="$1"
export PYTHONUTF8=1 # whatever the terminal's language

say() { printf '  %s\n' "$*"; }
fail() { printf '\n%s\n' "$2" >&2; exit "$1"; }

# --- Which Python. Prints a usable one: 3.11 or 3.12, able to make environments, with its headers.
usable_python() {
  local candidate
  for candidate in python3.12 python3.11 python3 /usr/bin/python3; do
    if "$candidate" - 2>/dev/null <<'PY'
import ensurepip, pathlib, sys, sysconfig, venv
header = pathlib.Path(sysconfig.get_path("include"), "Python.h")
sys.exit(not (sys.version_info[:2] in ((3, 11), (3, 12)) and header.is_file()))
PY
    then command -v "$candidate"; return; fi
  done
  return 1
}

# --- System packages that are missing, one a line.
missing_packages() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' | cut -d/ -f5 | awk '$1 >= 15 { found = 1 } END { exit !found }' \
    || echo postgresql
  command -v redis-server >/dev/null || echo redis-server
  command -v javac >/dev/null || echo default-jdk-headless
  command -v mvn >/dev/null || echo maven
  usable_python >/dev/null || printf '%s\n' python3 python3-venv python3-dev
  command -v pg_config >/dev/null || echo libpq-dev
  command -v cc >/dev/null || echo gcc
  echo '#include <stddef.h>
#include <stdlib.h>' | cc -E -x c - >/dev/null 2>&1 || echo libc6-dev
  ldconfig -p 2>/dev/null | grep -q 'libmagic\.so' || /sbin/ldconfig -p | grep -q 'libmagic\.so' || echo libmagic1
  command -v setpriv >/dev/null || echo util-linux
  if [ "$command" = test ]; then
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || echo chromium
  fi
}

# --- Installs packages by apt, without letting any service of theirs start, now or at the next boot.
install_packages() {
  local packages=("$@") as_root=()
  local by_hand="Ask an administrator to run:  apt-get install ${packages[*]}"
  command -v apt-get >/dev/null \
    || fail 3 "These programs are missing and this is not a Debian or Ubuntu system: ${packages[*]}."
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail 3 "System packages are missing, and there is no sudo. $by_hand"
    sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; } \
      || fail 3 "System packages are missing, and sudo does not let you install them. $by_hand"
    as_root=(sudo)
  fi
  say "System packages: installing ${packages[*]}"
  # The names are words of our own, so they need no quoting.
  "${as_root[@]}" bash -s -- "${packages[@]}" >"$state/logs/apt.log" 2>&1 <<'ROOT' \
    || fail 3 "The system packages could not be installed; see $state/logs/apt.log. $by_hand"
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
# Debian's own way to say "start nothing": a policy of the administrator's, where there is one, stays as it is.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
fi
# and "make no PostgreSQL cluster of your own"; likewise only where nobody has decided that yet.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
apt=(apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold)
"${apt[@]}" update
"${apt[@]}" install --no-install-recommends "$@"
for package in "$@"; do
  if [ "$package" = redis-server ]; then
    systemctl disable redis-server || update-rc.d redis-server disable || true
  fi
done
ROOT
}

# --- The locked environment, made again when the lock or our own package's description changes.
make_environment() {
  local wanted venv="$state/venv" python
  wanted=$(cat requirements/build.lock "requirements/$1.lock" pyproject.toml setup.py ops/environment.sh | sha256sum; pwd)
  [ "$(cat "$venv/made-from" 2>/dev/null || true)" = "$wanted" ] && "$venv/bin/python" -c '' 2>/dev/null && return
  python=$(usable_python) || fail 3 "Python 3.11 or 3.12 is missing: apt-get install python3 python3-venv python3-dev"
  [ ! -e "$venv/made-from" ] || "$venv/bin/python" -m ops stop # nothing is to run while its programs are replaced
  say "Python: installing the locked packages (some minutes the first time)"
  ops/environment.sh "$python" "$venv" "$1" "$state/cache" >"$state/logs/python.log" 2>&1 \
    || { tail -n 15 "$state/logs/python.log" >&2; fail 1 "Python packages could not be installed; see $state/logs/python.log"; }
  echo "$wanted" >"$venv/made-from"
}

# --- What Python compiles is kept in the state folder, not in the checkout; and it is kept, since CKAN takes long to compile.
keep_bytecode() {
  export PYTHONPYCACHEPREFIX="$state/cache/pycache"
  unset PYTHONDONTWRITEBYTECODE
}

starting() { case "$command" in portal | restore | test | services | check | translations | reference | docs | screenshots | sbom | frontend) true ;; *) false ;; esac; }

if [ -n "${PORTAL_VENV:-}" ]; then
  state=$(PYTHONDONTWRITEBYTECODE=1 "$PORTAL_VENV/bin/python" -m ops.preflight "$command")
  if starting; then keep_bytecode; fi
  exec "$PORTAL_VENV/bin/python" -m ops "$command"
fi

# Before the environment is there, any Python will do for the questions that save a useless wait.
python=$(usable_python || command -v python3 || true)
if [ -z "$python" ]; then
  state=$(mktemp -d) && mkdir "$state/logs"
  install_packages python3 python3-venv python3-dev
  rm -rf "$state"
  python=$(usable_python) || fail 3 "Python 3.11 or 3.12 is missing: apt-get install python3 python3-venv python3-dev"
fi
state=$(PYTHONDONTWRITEBYTECODE=1 "$python" -m ops.preflight "$command")

if starting; then
  mkdir -p "$state/logs" "$state/cache"
  keep_bytecode # everything that caches something does it in the state folder
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" = 0 ] || install_packages "${missing[@]}"
  case "$command" in portal | restore) make_environment portal ;; *) make_environment dev ;; esac
elif [ ! -x "$state/venv/bin/python" ]; then
  [ "$command" != clean ] || [ ! -e "$state/state-folder-of-a-portal" ] || rm -rf "$state"
  say "There is no portal in $state"
  exit 0
fi
exec "$state/venv/bin/python" -m ops "$command"
