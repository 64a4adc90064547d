#!/usr/bin/env bash
# Makes a private Python environment with the tools of scripts/NAME.txt, pinned by hash, in the
# user's cache, and prints its folder of programs. Exit status 69 where it cannot be made.
# Usage: scripts/venv.sh NAME
set -euo pipefail
pins=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/$1.txt
cache=${XDG_CACHE_HOME:-$HOME/.cache}/akin/tools
mkdir -p "$cache"
mark=$({ cat "$pins"; python3 --version; } | sha256sum | cut -c1-16)
folder=$cache/$1-$mark
exec 9> "$cache/$1.lock"
flock 9
if [ ! -e "$folder/.ready" ]; then
  # Programs of an environment name its folder, so it cannot be made elsewhere and moved here.
  rm -rf "$folder"
  errors=$({ python3 -m venv "$folder" &&
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 \
      --require-hashes --only-binary=:all: --requirement "$pins"; } 2>&1) || {
    rm -rf "$folder"
    printf '%s\n' "$errors" | tail -n 2 >&2
    exit 69
  }
  touch "$folder/.ready"
fi
echo "$folder/bin"
