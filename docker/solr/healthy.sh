#!/bin/bash
# Exit code 0 when the core answers a query. bash's own TCP, so that the image needs no other program.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/$SOLR_PORT"
printf 'GET /solr/ckan/select?q=*:*&rows=0 HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
