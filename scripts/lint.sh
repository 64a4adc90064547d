#!/usr/bin/env bash
# Checks what Swift's formatter does not: shell scripts (shellcheck), the Dockerfile (hadolint), the
# compose file (docker compose), the systemd unit (systemd-analyze). A tool that is not there and
# cannot be fetched is named, and its check left out.
# Usage: scripts/lint.sh SCRIPT…
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
status=0

skip() { echo "lint: $1 is not checked: $2." >&2; }

if tools=$(bash scripts/venv.sh lint); then
  "$tools/shellcheck" "$@" || status=1
  "$tools/hadolint" --failure-threshold info deploy/Dockerfile || status=1
else
  skip "shell, and deploy/Dockerfile," "shellcheck and hadolint could not be fetched (scripts/lint.txt)"
fi

compose=()
if docker compose version > /dev/null 2>&1; then
  compose=(docker compose)
elif command -v docker-compose > /dev/null; then
  compose=(docker-compose)
else
  skip 'deploy/compose*.yaml' "there is no docker compose (apt-get install docker-compose)"
fi
# What the files ask of the environment.
export POSTGRES_PASSWORD=${POSTGRES_PASSWORD:-x}
for file in deploy/compose*.yaml; do
  [ ${#compose[@]} = 0 ] || "${compose[@]}" -f "$file" config --quiet || status=1
done

if command -v systemd-analyze > /dev/null; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # The program is not installed on the machine that checks: any other stands for it.
  sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' deploy/akin.service > "$work/akin.service"
  findings=$(systemd-analyze verify --recursive-errors=no "$work/akin.service" 2>&1) || status=1
  # It ends with 0 for names that it does not know.
  [ -z "$findings" ] || { printf '%s\n' "$findings" >&2; status=1; }
else
  skip deploy/akin.service "there is no systemd-analyze"
fi
exit $status
