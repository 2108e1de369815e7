# Shared by the scripts beside it: they source it first. It leaves the shell in the repository's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }

# fail WHAT HOW: one clear error, and the end.
fail() {
  printf '\n%s: %s\n  how to fix it: %s\n' "${0##*/}" "$1" "$2" >&2
  exit 1
}

# run_step TITLE COMMAND...: says what begins and how long it took.
run_step() {
  local title=$1 started=$SECONDS
  shift
  say "$title"
  "$@" || fail "$title failed (the messages are above)" "mend it and run this again; it continues where it stopped"
  printf -- '-- %s: %d s\n' "$title" $((SECONDS - started))
}

# need PURPOSE...: installs the missing packages of scripts/packages for these purposes.
need() {
  local purpose package missing=()
  for purpose in "$@"; do
    for package in $(sed -n "s/^$purpose://p" scripts/packages); do
      [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == *' installed' ]] || missing+=("$package")
    done
  done
  ((${#missing[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    say "This is not a Debian; going on as if what these packages hold were here: ${missing[*]}"
    return 0
  fi
  say "Installing ${missing[*]}"
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      fail "packages are missing, and only root may install them" "as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends)
  { "${as_root[@]}" apt-get update -q && "${install[@]}" "${missing[@]}"; } ||
    fail "the packages could not be installed: ${missing[*]}" "see apt-get's message above; is the network up?"
}

# build PRESET [TARGET...]: configures and builds build/<preset>; goes on after an error, to show them all.
build() {
  local preset=$1 launcher=()
  shift
  ! command -v ccache >/dev/null || launcher=(-D CMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake --preset "$preset" -Wno-dev --log-level=NOTICE "${launcher[@]}" >/dev/null &&
    cmake --build "build/$preset" --parallel "$(nproc)" ${1:+--target "$@"} -- -k 0
}
