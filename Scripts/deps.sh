#!/usr/bin/env bash
# Installs what the build and the tests need and is not there yet: Debian packages only. Swift itself has to be there.
set -euo pipefail

packages=(libcurl4-openssl-dev libpcre2-dev libedit-dev pkg-config python3 python3-venv valgrind)

if ! command -v swift >/dev/null 2>&1; then
    echo "deps: Swift 6.2 or later is needed and is not on the PATH. See https://www.swift.org/install/linux/" >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -eq 0 ]; then
    echo "deps: everything is installed"
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "deps: run as root, or install these packages: ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
echo "deps: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
echo "deps: done"
