#!/usr/bin/env bash
# Shows that every check of sound.sh can fail: a check that cannot is worse than none.
#
# For each case a tiny sound repository is made in a temporary folder and one file is planted in it. A case says either
# which single check must fail, and at which line, or that all must pass. Exit status 1 if any case went another way.

set -uo pipefail
checks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cases=0
wrong=0

# A new sound repository, with the real formatting rules.
fresh() {
    rm -rf "$scratch/house"
    mkdir -p "$scratch/house/Sources/EventStream" "$scratch/house/Tests/EventStreamTests"
    cd "$scratch/house" || exit 2
    cp "$checks/../../.swift-format" .
    printf '// swift-tools-version: 6.2\n' >Package.swift
    printf '/// A line.\npublic struct Line {\n}\n' >Sources/EventStream/Line.swift
    printf 'import Testing\n' >Tests/EventStreamTests/LineTests.swift
    git init -q .
}

# plant PATH: writes standard input there.
plant() {
    mkdir -p "$(dirname "$1")"
    cat >"$1"
    git add -A
}

wentWrong() {
    wrong=$((wrong + 1))
    echo "WRONG $1"
    sed 's/^/      /' <<<"$2"
}

# fails CHECK PLACE [OTHER]: of the planted repository, this check alone fails (or with the other), and names the place.
fails() {
    local report status failing section
    cases=$((cases + 1))
    report=$("$checks/sound.sh" . 2>&1)
    status=$?
    failing=$(grep '^FAIL' <<<"$report")
    section=$(awk -v check="$1" '/^(ok|FAIL) / { isIn = /^FAIL/ && index($0, check) } isIn' <<<"$report")
    if [[ $status -ne 1 || $(grep -c . <<<"$failing") -ne $(($# - 1)) || $failing != *"${3:-}"* || $section != *"$2"* ]]; then
        wentWrong "must fail: $1 at $2" "$report"
    fi
}

# passes TITLE: nothing is found.
passes() {
    local report status
    cases=$((cases + 1))
    report=$("$checks/sound.sh" . 2>&1)
    status=$?
    if [[ $status -ne 0 || $report == *FAIL* || $(grep -c '^ok' <<<"$report") -ne 8 ]]; then
        wentWrong "must pass: $1" "$report"
    fi
}

fresh; git add -A
passes "a sound repository"

rm -rf .git
passes "a folder without git"

# --- formatting
fresh; plant Sources/EventStream/Bad.swift <<'END'
struct Bad {
  let indentedByTwo = 1
}
END
fails "formatted" "Sources/EventStream/Bad.swift:2"

fresh; plant Tests/EventStreamTests/BadTests.swift <<'END'
let value = [1].first!
END
fails "formatted" "Tests/EventStreamTests/BadTests.swift:1"

fresh; plant Package.swift <<'END'
// swift-tools-version: 6.2
let  twoSpaces = 1
END
fails "formatted" "Package.swift:2"

# --- documentation
fresh; plant Sources/EventStream/Bad.swift <<'END'
public struct Bad {
}
END
fails "formatted" "AllPublicDeclarationsHaveDocumentation"

fresh; sed -i 's/"AllPublicDeclarationsHaveDocumentation": true/"AllPublicDeclarationsHaveDocumentation": false/' .swift-format; git add -A
fails "documented" ".swift-format: the rule"

fresh; plant Sources/EventStream/Bad.swift <<'END'
// swift-format-ignore-file
public struct Bad {
}
END
fails "documented" "Sources/EventStream/Bad.swift:1"

# --- unsafe
fresh; plant Sources/EventStream/Bad.swift <<'END'
func bad(_ pointer: UnsafePointer<UInt8>) -> UInt8 {
    // SAFETY: a reason does not help here.
    unsafe pointer.pointee
}
END
fails "unsafe code" "Sources/EventStream/Bad.swift:3"

fresh; plant Sources/PCRE/Bad.swift <<'END'
func bad(_ pointer: UnsafePointer<UInt8>) -> UInt8 {
    unsafe pointer.pointee
}
END
fails "unsafe code" "Sources/PCRE/Bad.swift:2"

fresh; plant Sources/Upstream/Bad.swift <<'END'
func bad(_ pointer: UnsafePointer<UInt8>) -> UInt8 {
    // SAFETY: too far away.
    let one = 1
    let two = 2
    let three = 3
    let four = 4
    let five = 5
    let six = one + two + three + four + five
    return unsafe pointer[six]
}
END
fails "unsafe code" "Sources/Upstream/Bad.swift:9"

fresh; plant Sources/PCRE/Good.swift <<'END'
func good(_ pointer: UnsafePointer<UInt8>) -> UInt8 {
    // SAFETY: the caller keeps the memory alive, which is said
    // in a comment of
    // several lines.
    var sum = unsafe pointer[0]
    unsafe sum += pointer[1]
    unsafe sum += pointer[2]
    unsafe sum += pointer[3]
    unsafe sum += pointer[4]
    unsafe sum += pointer[5]
    unsafe sum += pointer[6]
    unsafe sum += pointer[7]
    return sum
}
END
passes "one reason for a run of unsafe lines"

fresh; plant Sources/EventStream/Good.swift <<'END'
// This is unsafe, says a comment.
/* And an unsafe
   block. */
let word = "unsafe // try! \(word.count) as!"
let nested = "\(counts["unsafe"] ?? 0)"
let text = """
    unsafe try! print(1)
    """
END
passes "words in comments and strings"

fresh; plant Sources/EventStream/Bad.swift <<'END'
let address = "http://localhost"; nonisolated(unsafe) var bad = 1
END
sed -i 's/; nonisolated/\nnonisolated/' Sources/EventStream/Bad.swift
fails "unsafe code" "Sources/EventStream/Bad.swift:2"

# --- imports
importing() { # TARGET MODULE
    fresh; plant "Sources/$1/Importing.swift" <<<"$2"
}
importing EventStream "import Detect"; fails "lower floors" "Sources/EventStream/Importing.swift:1"
importing Detect "public import Summaries"; fails "lower floors" "Sources/Detect/Importing.swift:1"
importing Proxy "import MockUpstream"; fails "lower floors" "Sources/Proxy/Importing.swift:1"
importing Phases "@preconcurrency import struct Foundation.Data"; fails "lower floors" "Sources/Phases/Importing.swift:1"
importing Upstream "import NIOCore"; fails "lower floors" "Sources/Upstream/Importing.swift:1"
importing Summaries "internal import Logging"; fails "lower floors" "Sources/Summaries/Importing.swift:1"
importing Settings "import ArgumentParser"; fails "lower floors" "Sources/Settings/Importing.swift:1"
importing Detect "import Yams"; fails "lower floors" "Sources/Detect/Importing.swift:1"
importing Nowhere "import Swift"; fails "lower floors" "Nowhere has no floor"
importing Settings "import Yams"; passes "Settings may import Yams"
importing Upstream "import Glibc"; passes "Upstream may import Glibc"
importing Phases "public import EventStream"; passes "a lower floor"
importing Detect "import Synchronization"; passes "any may import Synchronization"
importing Proxy "import Foundation"; passes "a program may import Foundation"

# --- banned calls
banned() { # PATH CODE: the code stands in the third line
    fresh; plant "$1" <<END
/// A function.
func planted() async throws {
    $2
}
END
}
banned Sources/Proxy/Bad.swift "_ = Optional(1) as! Int"; fails "banned" "Sources/Proxy/Bad.swift:3" "formatted"
banned Tests/EventStreamTests/Bad.swift "_ = value as! Int"; fails "banned" "Tests/EventStreamTests/Bad.swift:3" "formatted"
banned Sources/Proxy/Bad.swift 'fatalError("no")'; fails "banned" "Sources/Proxy/Bad.swift:3"
banned Sources/Detect/Bad.swift 'print("x")'; fails "banned" "Sources/Detect/Bad.swift:3"
banned Sources/Proxy/Bad.swift "DispatchQueue.main.async {}"; fails "banned" "Sources/Proxy/Bad.swift:3"
banned Sources/Proxy/Bad.swift "Thread.sleep(forTimeInterval: 1)"; fails "banned" "Sources/Proxy/Bad.swift:3"
banned Tests/EventStreamTests/Bad.swift "sleep(1)"; fails "banned" "Tests/EventStreamTests/Bad.swift:3"
banned Tests/EventStreamTests/Bad.swift "usleep(1)"; fails "banned" "Tests/EventStreamTests/Bad.swift:3"
banned Tests/EventStreamTests/Bad.swift "try await Task.sleep(for: .seconds(1))"; fails "banned" "Tests/EventStreamTests/Bad.swift:3"
banned Sources/ChatDelta/Bad.swift "_ = String(decoding: [1], as: UTF8.self)"; fails "banned" "Sources/ChatDelta/Bad.swift:3"
banned Sources/Proxy/Bad.swift "Task { await other() }"; fails "banned" "Sources/Proxy/Bad.swift:3"
banned Sources/Proxy/Bad.swift "Task(priority: .low) { await other() }"; fails "banned" "Sources/Proxy/Bad.swift:3"
banned Sources/Proxy/Bad.swift "let task: Any = Task<Void, Never> { await other() }"; fails "banned" "Sources/Proxy/Bad.swift:3"
banned Sources/Proxy/Bad.swift "Task.detached { await other() }"; fails "banned" "Sources/Proxy/Bad.swift:3"

banned Sources/Proxy/Bad.swift "let now = Date()"; fails "banned" "Sources/Proxy/Bad.swift:3"
banned Sources/Upstream/Bad.swift "let now = Date.now"; fails "banned" "Sources/Upstream/Bad.swift:3"
banned Sources/Proxy/Bad.swift "timer.schedule(wallDeadline: then)"; fails "banned" "Sources/Proxy/Bad.swift:3"
banned Sources/Proxy/Bad.swift "clock_gettime(CLOCK_REALTIME, &time)"; fails "banned" "Sources/Proxy/Bad.swift:3"

banned Sources/Proxy/Bad.swift "try! other()"; fails "banned" "Sources/Proxy/Bad.swift:3" "formatted"
banned Tests/EventStreamTests/Bad.swift "try! other()"; fails "banned" "Tests/EventStreamTests/Bad.swift:3" "formatted"

banned Sources/ChatDelta/Good.swift "_ = String(decoding: [1], as: UTF8.self)  // WHY: an error's text."; passes "WHY on the line"
banned Sources/Proxy/Good.swift "_ = String(decoding: [1], as: UTF8.self)"; passes "programs may decode"
banned Sources/proxy-client/Good.swift 'print("x")'; passes "programs may print"
banned Sources/Proxy/Good.swift "let now = Date()  // WALL: the date of a line."; passes "WALL beside a date"
banned Sources/Proxy/Good.swift "let now = ContinuousClock.now"; passes "a monotonic clock"
banned Sources/Proxy/Good.swift "try await clock.sleep(until: deadline)"; passes "a clock passed in may sleep"
banned Tests/EventStreamTests/Good.swift "try await Task.sleep(for: .seconds(1))  // WHY: it is cancelled."; passes "WHY beside a Task.sleep"
banned Sources/Proxy/Good.swift "func sleep(for seconds: Int) {}"; passes "a function of that name"
fresh; plant Sources/Proxy/Good.swift <<'END'
enum Turn {
    case sleep(Int)
}
END
passes "a case of that name"
banned Sources/Proxy/Good.swift "group.addTask { await other() }"; passes "a structured task"
fresh; plant Sources/Proxy/Good.swift <<'END'
func good() async {
    // OWNER: the relay, which
    // awaits it before it returns.
    let task = Task { await other() }
    await task.value
}
END
passes "OWNER in a comment of two lines above"
banned Sources/ChatDelta/Bad.swift "_ = String(decoding: [1], as: UTF8.self)"
plant Sources/ChatDelta/Alpha.swift <<'END'
// One.
// Two.
// WHY: this is about another file.
END
fails "banned" "Sources/ChatDelta/Bad.swift:3"
fresh; plant Sources/Proxy/Bad.swift <<'END'
func bad() async {
    // OWNER: the relay.
    let task = Task { await other() }
    await task.value
    Task { await other() }
}
END
fails "banned" "Sources/Proxy/Bad.swift:5"

# --- file length
fresh; { for number in $(seq 401); do echo "// $number"; done; } | plant Sources/EventStream/Long.swift
fails "no source file above" "Sources/EventStream/Long.swift: 401 lines"
fresh; { for number in $(seq 400); do echo "// $number"; done; } | plant Sources/EventStream/Long.swift
passes "a file of 400 lines"

# --- paths of one machine; written in two parts, so that this script has none
for path in /wo""rk/main /ro""ot/x /tm""p/h/y /wo""rk; do
    fresh; plant notes.md <<<"See $path."
    fails "paths of one machine" "notes.md:1"
done
fresh; plant notes.md <<<"See https://example.com/wo""rk, a/ro""ot/x and /wo""rkspace."
passes "other paths"

# --- the table of traps
fresh; plant Tests/README.md <<<'| a trap | `LineTests.thereIsNoSuchTest` |'
fails "every trap" "Tests/README.md:1: there is no test LineTests.thereIsNoSuchTest"
fresh; plant Tests/README.md <<<'| a trap | `OtherTests.aLineEnds` |'
plant Tests/EventStreamTests/LineTests.swift <<'END'
import Testing

@Test func aLineEnds() {}
END
fails "every trap" "there is no test OtherTests.aLineEnds"
plant Tests/README.md <<<'| a trap | `LineTests.aLineEnds` |'
passes "a trap with its test"

if ((wrong > 0)); then
    echo "$wrong of $cases cases went wrong"
    exit 1
fi
echo "ok    all $cases cases went as they must"
