#!/usr/bin/env bash
# The image's health check: asks the admin address whether the role lives. The image has no HTTP
# client, so bash speaks for itself.
set -euo pipefail
exec 3<>/dev/tcp/127.0.0.1/"${1:-8081}"
printf 'GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r _ status _ <&3
[[ $status == 200 ]]
