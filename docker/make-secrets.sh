#!/bin/bash
# Makes the passwords, keys and addresses that compose.yaml hands to the containers, one file each in secrets/ beside this
# script. What is there already stays as it is. Only the owner may enter the folder; the files in it are readable for the
# users inside the containers, who see nothing but the ones they are given.
set -euo pipefail
folder="$(cd "$(dirname "$0")" && pwd)/secrets"
mkdir -p "$folder"
chmod 700 "$folder"

keep() { # NAME VALUE: writes the file unless it is there
  [ -e "$folder/$1" ] && return
  printf '%s\n' "$2" >"$folder/$1"
  chmod 444 "$folder/$1"
  echo "made secrets/$1"
}
[ -e "$folder/options" ] || { cp "$(dirname "$0")/example.ini" "$folder/options" && chmod 644 "$folder/options"; }
value() { cat "$folder/$1"; }
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

for name in session_key token_key admin_password postgres_password; do keep "$name" "$(random)"; done
keep s3_access_key ""
keep s3_secret_key ""
keep redis_conf "$(printf '%s\n' "requirepass $(random)" 'dir /data' 'appendonly yes' 'save ""' 'maxmemory-policy noeviction')"
redis=$(sed -n 's/^requirepass //p' "$folder/redis_conf")
keep redis_url "redis://:$redis@redis:6379/0"
keep database_admin_url "postgresql://portal:$(value postgres_password)@postgres:5432/postgres"
keep database_url "postgresql://ckan:$(random)@postgres:5432/ckan"
keep datastore_write_url "postgresql://datastore_write:$(random)@postgres:5432/datastore"
keep datastore_read_url "postgresql://datastore_read:$(random)@postgres:5432/datastore"
