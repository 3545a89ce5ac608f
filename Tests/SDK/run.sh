#!/usr/bin/env bash
# Runs the Python packages that people use against the programs. Each file in requirements/ gets an environment of its own under .venv/,
# made once and used again until that file changes; its first line names the folders of its tests. Two environments run at a time: most of
# a test is waiting. What each says is printed when it has ended.
# usage: run.sh BUILD_FOLDER [pytest arguments]     (ONLY=name: that environment alone)
set -euo pipefail

build=${1:?usage: run.sh BUILD_FOLDER [pytest arguments]}
build=$(cd "$build" && pwd)
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
environments=$(cd "$here/../.." && pwd)/.venv
test_seconds=300
at_a_time=2

# Makes the environment of one requirements file unless it is there and current.
prepare() {
    local requirements=$1 folder=$2
    cmp -s "$requirements" "$folder/requirements.txt" && return
    rm -rf "$folder"
    echo "sdk-test: installing $(basename "$requirements" .txt) …"
    python3 -m venv "$folder" || { echo "sdk-test: python3 cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
    # Most modules are never imported: what is, is compiled then.
    if ! timeout 600 "$folder/bin/pip" install --quiet --disable-pip-version-check --no-compile --only-binary :all: --retries 1 --timeout 20 \
        -r "$requirements" >"$folder/pip.log" 2>&1; then
        tail -2 "$folder/pip.log" >&2
        echo "sdk-test: the packages of $(basename "$requirements" .txt) could not be installed from PyPI; is the network there?" >&2
        rm -rf "$folder"
        exit 1
    fi
    cp "$requirements" "$folder/requirements.txt"
}

# Prepares one environment and becomes the run of its tests in it.
run() {
    local requirements=$1 name folders
    shift
    name=$(basename "$requirements" .txt)
    folders=$(sed -n '1s/^# tests: //p' "$requirements")
    : "${folders:?$name does not say where its tests are}"
    prepare "$requirements" "$environments/$name"
    echo "sdk-test: $name ($folders)"
    # shellcheck disable=SC2046 # one word per folder
    exec timeout --kill-after 60 "$test_seconds" \
        "$environments/$name/bin/python" -m pytest --quiet --no-header --tb short -p no:cacheprovider -o faulthandler_timeout=25 \
        --rootdir "$here" $(printf "$here/%s " $folders) --build "$build" "$@"
}

# The programs listen on this machine: a proxy set for the internet is not asked.
export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost
export PYTHONPYCACHEPREFIX=$environments/compiled
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
# Whoever stops this stops what it started, by their ids.
trap 'kill $(jobs -p) 2>/dev/null; wait; exit 130' INT TERM

# Runs one, and prints what it said when it has ended.
report() {
    local name child
    name=$(basename "$1" .txt)
    run "$@" >"$logs/$name" 2>&1 &
    child=$!
    trap 'kill "$child" 2>/dev/null' TERM
    if wait "$child"; then touch "$logs/$name.passed"; fi
    cat "$logs/$name"
}

names=()
for requirements in "$here"/requirements/*.txt; do
    name=$(basename "$requirements" .txt)
    [ -z "${ONLY:-}" ] || [ "$ONLY" = "$name" ] || continue
    names+=("$name")
    while [ "$(jobs -rp | wc -l)" -ge "$at_a_time" ]; do wait -n || true; done
    report "$requirements" "$@" &
done
wait

status=0
[ "${#names[@]}" -gt 0 ] || { echo "sdk-test: there is no environment ${ONLY:-}" >&2; status=1; }
for name in "${names[@]}"; do
    [ -e "$logs/$name.passed" ] || { echo "sdk-test: $name failed" >&2; status=1; }
done
exit "$status"
