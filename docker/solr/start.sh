#!/bin/bash
# Lays out Solr's home with our core and starts it in the foreground. An index that was made with another version of the
# core's files is thrown away: it would give wrong answers; the portal's `prepare` fills the new one.
set -euo pipefail
source=$(dirname "$(readlink -f "$0")")
core="$SOLR_HOME/ckan"

wanted=$(cd "$source" && find conf solr.xml -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
if [ "$(cat "$SOLR_HOME/made-from" 2>/dev/null || true)" != "$wanted" ]; then
  rm -rf "$core"
  mkdir -p "$core"
  cp "$source/solr.xml" "$SOLR_HOME/"
  cp -R "$source/conf" "$core/conf"
  echo "name=ckan" >"$core/core.properties"
  printf '%s\n' "$wanted" >"$SOLR_HOME/made-from"
fi
exec java "-Xmx$SOLR_HEAP" -cp "$source/lib/*" SolrLauncher "$SOLR_HOME" "$SOLR_PORT" "$SOLR_ADDRESS"
