#!/usr/bin/env bash
# Writes the reference of the public API to docs/site, with the toolchain's own DocC.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=.build/docs
rm -rf "$work" docs/site
mkdir -p "$work" docs

swift build --target AkinEngine
modules=$(swift build --show-bin-path)/Modules
target=$(swift -print-target-info | sed -n 's/.*"triple" *: *"\([^"]*\)".*/\1/p' | head -n 1)

# One archive for each of our modules, then all of them as one site.
for file in "$modules"/Akin*.swiftmodule; do
  name=$(basename "$file" .swiftmodule)
  case $name in *Tests) continue ;; esac
  echo "docs: $name"
  mkdir "$work/$name"
  swift symbolgraph-extract -module-name "$name" -target "$target" -I "$modules" \
    -minimum-access-level public -skip-synthesized-members -output-dir "$work/$name"
  docc convert --additional-symbol-graph-dir "$work/$name" --output-path "$work/$name.doccarchive" \
    --fallback-display-name "$name" --fallback-bundle-identifier "$name" \
    --transform-for-static-hosting
done
docc merge "$work"/*.doccarchive --output-path docs/site --synthesized-landing-page-name Akin
echo "The reference is in docs/site: python3 -m http.server --directory docs/site"
