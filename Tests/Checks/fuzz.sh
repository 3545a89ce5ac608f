#!/usr/bin/env bash
# Runs the fuzzer for a bounded time.
#
#   Tests/Checks/fuzz.sh PROGRAM FOLDER SECONDS
#
# FOLDER keeps what was learned from one run to the next, and the input of a crash. Exit status 1 after a crash.

set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=$(realpath "$1") || exit 2
folder=$2
seconds=$3

mkdir -p "$folder/learned" "$folder/crashes" || exit 2
python3 "$root/Fixtures/fuzz/make.py" "$folder" || exit 2
# The toolchain's own backtracer hangs under libFuzzer.
export SWIFT_BACKTRACE=enable=no
"$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=2000 -dict="$folder/words.dict" -print_final_stats=1 \
    -artifact_prefix="$folder/crashes/" "$folder/learned" "$folder/seeds" >"$folder/log" 2>&1
status=$?
executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/log")
if ((status == 0)); then
    echo "fuzz: ${executions:-0} executions in $seconds s, no crash"
    exit 0
fi
echo "fuzz: ${executions:-0} executions, and a crash:"
grep -aE '^broken promise|^SUMMARY|Fatal error|ERROR: libFuzzer|Test unit written' "$folder/log" | sed 's/^/  /'
echo "  again: $program FILE"
exit 1
