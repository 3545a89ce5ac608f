#!/usr/bin/env bash
# Makes the benchmark ready: compiles its two ends into FOLDER, and installs nginx if it is missing.
#
# usage: setup.sh FOLDER
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/native"
folder=$1

mkdir -p "$folder"
compile() {
    local name=$1
    shift
    "${CC:-cc}" -std=c11 -O2 -Wall -Wextra -Werror -o "$folder/$name" "$@"
}
compile upstream upstream.c script.c
compile allocations.so -shared -fPIC allocations.c
compile load load.c reader.c figures.c script.c

if ! PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v nginx >/dev/null; then
    if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
        echo "bench: nginx is not installed, and only root can install Debian's package: sudo apt-get install nginx-light" >&2
        echo "bench: or leave it out: make bench ARGS=\"--systems direct,events,off\"" >&2
        exit 0
    fi
    # The package would start a server of its own on port 80: it is told not to.
    policy=/usr/sbin/policy-rc.d
    [[ -e $policy ]] || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy && trap 'rm -f $policy' EXIT; }
    echo "bench: installing nginx" >&2
    apt-get install -y -qq nginx-light >/dev/null || { apt-get update -qq && apt-get install -y -qq nginx-light >/dev/null; }
fi
