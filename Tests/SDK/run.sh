#!/usr/bin/env bash
# Runs the Python packages that people use against the programs. Each file in requirements/ gets an environment of its own under .venv/,
# made once and used again until that file changes; its first line names the folders of its tests.
# usage: run.sh BUILD_FOLDER [pytest arguments]
set -euo pipefail

build=${1:?usage: run.sh BUILD_FOLDER [pytest arguments]}
build=$(cd "$build" && pwd)
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
environments=$(cd "$here/../.." && pwd)/.venv
test_seconds=300

# Makes the environment of one requirements file unless it is there and current.
prepare() {
    local requirements=$1 folder=$2
    cmp -s "$requirements" "$folder/requirements.txt" && return
    rm -rf "$folder"
    echo "sdk-test: installing $(basename "$requirements" .txt) …"
    python3 -m venv "$folder" || { echo "sdk-test: python3 cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
    if ! timeout 600 "$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --retries 1 --timeout 20 \
        -r "$requirements" >"$folder/pip.log" 2>&1; then
        tail -2 "$folder/pip.log" >&2
        echo "sdk-test: the packages of $(basename "$requirements" .txt) could not be installed from PyPI; is the network there?" >&2
        rm -rf "$folder"
        exit 1
    fi
    cp "$requirements" "$folder/requirements.txt"
}

# The programs listen on this machine: a proxy set for the internet is not asked.
export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost
status=0
for requirements in "$here"/requirements/*.txt; do
    name=$(basename "$requirements" .txt)
    prepare "$requirements" "$environments/$name"
    folders=$(sed -n '1s/^# tests: //p' "$requirements")
    : "${folders:?$name does not say where its tests are}"
    echo "sdk-test: $name"
    PYTHONDONTWRITEBYTECODE=1 timeout --foreground --kill-after 60 "$test_seconds" \
        "$environments/$name/bin/python" -m pytest --quiet --no-header --tb short -p no:cacheprovider -o faulthandler_timeout=25 \
        --rootdir "$here" $(printf "$here/%s " $folders) --build "$build" "$@" || status=1
done
exit "$status"
