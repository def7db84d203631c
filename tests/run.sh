#!/usr/bin/env bash
# Runs every check, from nothing: system packages, a virtual environment, ruff, mypy, pytest with the window's tests.
# Arguments go to pytest: tests/run.sh tests/graph -k undo
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

part() { printf '\n== %s\n' "$1"; }

packages=(
  libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0
  xvfb xauth libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-image0
  libxcb-render-util0 libxcb-xkb1 xdotool fonts-wqy-microhei dataset-fashion-mnist
)

# The first Python from 3.11 on that can make a virtual environment.
find_python() {
  local name
  for name in python3.11 python3.12 python3.13 python3.14 python3 /usr/bin/python3; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# The packages among the arguments that are neither installed nor provided by one that is (libglib2.0-0t64).
missing_packages() {
  local installed name
  installed=$(dpkg-query -W -f='${db:Status-Abbrev}|, ${Package}, ${Provides},\n' | grep '^.i' | sed 's/ ([^)]*)//g')
  for name in "$@"; do
    grep -qF ", $name," <<<"$installed" || printf '%s ' "$name"
  done
}

part "System packages"
python=$(find_python) || packages+=(python3 python3-venv)
advice=""
if command -v apt-get dpkg-query >/dev/null; then
  read -ra missing <<<"$(missing_packages "${packages[@]}")" || true
  if ((${#missing[@]})); then
    echo "Missing: ${missing[*]}"
    advice="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    root=()
    ((EUID == 0)) || root=(sudo -n)
    if ((EUID == 0)) || sudo -n true 2>/dev/null; then
      "${root[@]}" apt-get update -q || true
      if "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"; then
        advice=""
      fi
    fi
    [[ -z $advice ]] || echo "They could not be installed. As root: $advice"
  else
    echo "All there."
  fi
else
  advice="install what these packages of Debian hold: ${packages[*]}"
  echo "This is not Debian or Ubuntu. What is needed here is what these packages of Debian hold: ${packages[*]}"
fi
python=$(find_python) || {
  echo "No Python from 3.11 on with venv was found.${advice:+ As root: $advice}" >&2
  exit 1
}

part "Virtual environment"
venv=.venv-test
stamp=$({ "$python" -VV; cat pyproject.toml; } | cksum)
if [[ $(cat "$venv/stamp" 2>/dev/null) != "$stamp" ]] || ! "$venv/bin/python" -c '' 2>/dev/null; then
  echo "Making $venv with $("$python" -V)."
  "$python" -m venv --clear "$venv"
  "$venv/bin/pip" install -q -e '.[test]'
  echo "$stamp" >"$venv/stamp"
else
  echo "$venv is up to date."
fi
bin=$PWD/$venv/bin

if ! trouble=$("$bin/python" -c 'import PySide6.QtWidgets' 2>&1); then
  echo "Qt cannot be used: ${trouble##*$'\n'}.${advice:+ As root: $advice}" >&2
  exit 1
fi

failed=()
check() {
  local heading=$1
  shift
  part "$heading"
  "$@" || failed+=("$heading")
}
check "ruff check" "$bin/ruff" check
check "ruff format" "$bin/ruff" format --check
check "mypy" "$bin/mypy"
# worksteal: each worker begins with half of the tests in their order, and goes on where another worker has died.
check "pytest" env NETBUILDER_GUI_TESTS=1 NETBUILDER_FASHION_TESTS=1 QT_QPA_PLATFORM=offscreen "$bin/python" -m pytest -n 2 --dist worksteal "$@"

if ((${#failed[@]})); then
  (IFS=,; printf '\nFailed: %s\n' "${failed[*]}" >&2)
  exit 1
fi
