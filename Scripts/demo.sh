#!/usr/bin/env bash
# Starts the mock upstream and the proxy on free ports, streams one answer through both, and ends what it started.
# usage: demo.sh BUILD_FOLDER
set -euo pipefail

build=${1:?usage: demo.sh BUILD_FOLDER}
logs=$(mktemp -d)
started=()

finish() {
    for id in "${started[@]}"; do kill -TERM "$id" 2>/dev/null || true; done
    for id in "${started[@]}"; do wait "$id" 2>/dev/null || true; done
    rm -rf "$logs"
}
trap finish EXIT
trap 'exit 130' INT TERM

# The address a program says it listens on, within ten seconds.
address() {
    local log=$1 id=$2 url
    for _ in $(seq 100); do
        url=$(grep -om1 'http://127\.0\.0\.1:[0-9]*' "$log" 2>/dev/null || true)
        [ -n "$url" ] && { echo "$url"; return; }
        kill -0 "$id" 2>/dev/null || break
        sleep 0.1
    done
    echo "demo: a program did not start:" >&2
    cat "$log" >&2
    exit 1
}

"$build/mock-upstream" --port 0 --quiet >"$logs/mock" 2>&1 &
started+=($!)
mock=$(address "$logs/mock" "$!")

UPSTREAM_URL=$mock "$build/proxy" --port 0 >"$logs/proxy" 2>&1 &
started+=($!)
proxy=$(address "$logs/proxy" "$!")

echo "mock upstream at $mock, proxy at $proxy"
echo
"$build/proxy-client" --url "$proxy" --model demo --verbose --prompt \
    "Plan a one-day workshop for 20 people: three hands-on blocks of 90 minutes, a 45-minute talk, lunch, done by 17:00. People fade after lunch."
