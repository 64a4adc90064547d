#!/usr/bin/env bash
# Runs benchmarks, each an executable Benchmarks/NAME/run that names its corpus and its peer, and
# writes what they printed into docs/benchmarks.md: date, processor, load, figures beside the peers'.
# Usage: scripts/bench.sh [NAME…]   (default: all)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

page=docs/benchmarks.md
head='## The latest runs'

if [ $# = 0 ]; then
  for run in Benchmarks/*/run; do set -- "$@" "$(basename "$(dirname "$run")")"; done
fi
for name in "$@"; do
  [ -x "Benchmarks/$name/run" ] || {
    echo "bench: there is no Benchmarks/$name/run. There are: $(find Benchmarks -mindepth 1 -maxdepth 1 -type d -printf '%f ')." >&2
    exit 1
  }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
processor=$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1)
flags=$(grep -m 1 '^flags' /proc/cpuinfo | grep -owE 'amx_int8|amx_bf16|avx512_vnni|avx512_bf16|avx512f|avx2' | xargs)
load() { cut -d' ' -f1-3 /proc/loadavg; }

# Puts $work/section in the place of NAME's last one, or behind the others.
replace() {  # NAME
  awk -v name="$1" -v head="$head" -v section="$work/section" '
    function put(  line) { while ((getline line < section) > 0) print line; done = 1 }
    $0 == head { seen = 1 }
    seen && $0 == "### " name { put(); skipping = 1; next }
    skipping && /^##/ { skipping = 0 }
    !skipping { print }
    END { if (!seen) print "\n" head "\n\nWritten by `make bench`; `scripts/bench.sh NAME` writes one anew.\n"; if (!done) put() }
  ' "$page" > "$work/page"
  cp "$work/page" "$page"
}

for name in "$@"; do
  printf '\n== %s\n' "$name"
  before=$(load) start=$SECONDS status=0
  "Benchmarks/$name/run" 2> >(tee "$work/errors" >&2) | tee "$work/output" || status=$?
  {
    printf '### %s\n\n' "$name"
    # shellcheck disable=SC2016
    printf '%s, `Benchmarks/%s/run`, %d s, on %d cores of %s (%s).\n' \
      "$(date -u +%F)" "$name" $((SECONDS - start)) "$(nproc)" "$processor" "$flags"
    printf 'Load before: %s; after: %s.\n\n' "$before" "$(load)"
    [ "$status" = 0 ] || printf '**Failed with status %d.**\n\n' "$status"
    printf '```text\n'
    # Without the escapes and the overwritten lines of progress bars.
    { cat "$work/output"; [ -s "$work/output" ] || tail -n 5 "$work/errors"; } |
      sed -e 's/\x1b\[[0-9;?]*[A-Za-z]//g' -e 's/.*\r//' | cut -c 1-160
    printf '```\n\n'
  } > "$work/section"
  replace "$name"
done
echo "bench: wrote $page" >&2
