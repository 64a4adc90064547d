#!/usr/bin/env bash
# Runs every benchmark: an executable Benchmarks/NAME/run that names its corpus and its peer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

shopt -s nullglob
runs=(Benchmarks/*/run)
[ ${#runs[@]} != 0 ] || { echo "bench: no Benchmarks/NAME/run yet." >&2; exit 1; }
for run in "${runs[@]}"; do
  printf '\n== %s\n' "$(dirname "$run")"
  "$run"
done
