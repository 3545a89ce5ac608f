#!/bin/bash
# Plays the fault wall and prints it row by row. usage: faults.sh [part of a row's name]
# The table comes from the test run itself; what else that prints goes to a file, and is shown when it ends without a table.
set -uo pipefail
cd "$(dirname "$0")/../.."
log=.build/faults.log
FAULT_TABLE=1 FAULT_ROWS="${1:-}" ${SWIFT:-swift} test --skip-build --filter FaultWallTests 2>&1 | tee "$log" | sed -un 's/^│ \{0,1\}//p'
status=${PIPESTATUS[0]}
if ! grep -q '^│ [0-9]* rows' "$log"; then
    tail -40 "$log"
    echo "The wall was not played to its end; everything that was printed is in $log."
    exit 1
fi
if [ "$status" != 0 ]; then echo "FAILED; everything that was printed is in $log."; fi
exit "$status"
