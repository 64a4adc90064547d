#!/usr/bin/env bash
# Writes the reference of the public API to docs/site, with the toolchain's own DocC.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=.build/docs
rm -rf "$work" docs/site
mkdir -p "$work" docs

# Every module's symbols come out of an ordinary build; only ours are turned into pages.
swift build --build-path .build/docs-build --product Akin \
  -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$PWD/$work" \
  -Xswiftc -symbol-graph-minimum-access-level -Xswiftc public
