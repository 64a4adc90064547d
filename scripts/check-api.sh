#!/usr/bin/env bash
# Asks the running server everything that /v1/openapi.json describes, well formed and malformed, and
# holds the answers against the description: no 5xx, no undocumented status, type or member; then
# what no client should send (slow, endless, broken), with a look at the memory; then that every route
# refuses without a key where keys are asked for.
# Usage: scripts/check-api.sh   (EXAMPLES=25 and SECONDS_MOST=100 bound it; AKIN names the program)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

akin=${AKIN:-}
# The last one built: the other may be of older sources.
if [ -z "$akin" ]; then
  akin=.build/debug/akin
  [ ! .build/release/akin -nt "$akin" ] || akin=.build/release/akin
fi
[ -x "$akin" ] || { echo "check-api: there is no akin yet; run make build, or swift build." >&2; exit 1; }
tools=$(bash scripts/venv.sh check-api) || {
  echo "check-api: skipped, schemathesis could not be fetched (scripts/check-api.txt)." >&2
  exit 0
}

work=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || { kill "$server" 2> /dev/null && wait "$server" || true; }
  server=
}
trap 'stop; rm -rf "$work"' EXIT

serve() {  # FLAGS…
  "$akin" serve --shop "$work/shop" --port 0 "$@" 2> "$work/log" &
  server=$!
  for _ in $(seq 600); do
    url=$(sed -n 's/^Serving on \(http:[^ ]*\).*/\1/p' "$work/log")
    [ -z "$url" ] || return 0
    kill -0 "$server" 2> /dev/null || break
    sleep 0.1
  done
  cat "$work/log" >&2
  exit 1
}

"$akin" build --shop "$work/shop" --products Samples/bilingual/products.csv \
  --products Samples/bilingual/products-en.tsv --events Samples/bilingual/events.jsonl > "$work/build" 2>&1 ||
  { cat "$work/build" >&2; exit 1; }

# A key to be listed and revoked.
"$akin" key add --shop "$work/shop" --role read --name check > /dev/null

serve
# From the scratch folder: it keeps what it found under the folder that it runs in.
(cd "$work" && "$tools/schemathesis" --config-file "$OLDPWD/scripts/check-api.toml" run \
  "$url/v1/openapi.json" --phases examples,coverage,fuzzing,stateful \
  --max-examples "${EXAMPLES:-25}" --max-time "${SECONDS_MOST:-100}" --no-color)
kill -0 "$server" 2> /dev/null || { echo "check-api: the server has ended." >&2; exit 1; }
if grep -q '"level":"error"' "$work/log"; then
  echo "check-api: the server logged errors:" >&2
  grep '"level":"error"' "$work/log" | head -n 5 >&2
  exit 1
fi
stop

export AKIN_LIMITS_BODY_SECONDS=1
serve
"$tools/python" scripts/check-hostile.py "$url" "$server"
stop
serve --require-keys
"$tools/python" scripts/check-keys.py "$url"
stop
