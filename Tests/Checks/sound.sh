#!/usr/bin/env bash
# The rules of the house that the compiler does not check. Prints one line per check and every finding.
#
#   Tests/Checks/sound.sh [root]     the root of the repository; without it, the one this script stands in
#
# Exit status 1 if anything was found. `sound-selftest.sh` shows that each check can fail.

set -uo pipefail
export LC_ALL=C
checks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:-$checks/../..}" || exit 2

# The floors, from the ground up. A target imports only lower floors.
floors='
0 CCurl CCores CMalloc CPCRE2 CLineEdit ByteScan
1 EventStream JSONBytes PCRE Descriptors
2 ChatDelta ChatRequests Detect Summaries AgentAPIs Settings Sealing
3 AgentRequests Phases Upstream
4 Proxy MockUpstream proxy-client Bench Quality Fuzz
'
# What the pure floors (0 to 3) may import beside lower floors: any of them, and single ones.
everywhere='Swift Synchronization'
exceptions='Settings:Yams Sealing:Crypto Upstream:Glibc Descriptors:Glibc ByteScan:Glibc'
export floors everywhere exceptions

longest=400
# Folders of the machines this was written on; the first characters of the pattern keep it from finding itself.
machinePaths='(^|[^A-Za-z0-9_.-])/(work|root|tmp/h)([^A-Za-z0-9_-]|$)'

swiftFiles() {
    local folders=()
    for folder in Sources Tests Fuzz; do [[ -d $folder ]] && folders+=("$folder"); done
    ((${#folders[@]} == 0)) || find "${folders[@]}" -name '*.swift' -type f | sort
}

trackedFiles() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files
    else
        find . -type f -not -path './.build*' -not -path './.git/*' | sed 's,^\./,,'
    fi
}

# Each function prints its findings; printing nothing means that all is well.

formatting() {
    local paths=()
    for path in Sources Tests Fuzz Package.swift; do [[ -e $path ]] && paths+=("$path"); done
    swift format lint --strict --parallel --recursive "${paths[@]}" 2>&1 | sed "s,^$PWD/,,"
}

documentation() {
    grep -Eq '"AllPublicDeclarationsHaveDocumentation"[[:space:]]*:[[:space:]]*true' .swift-format 2>/dev/null ||
        echo ".swift-format: the rule AllPublicDeclarationsHaveDocumentation is not on"
    swiftFiles | xargs -r grep -nE 'swift-format-ignore(-file)?([[:space:]]*$|:.*AllPublicDeclarations)' |
        sed 's/$/ (hides the missing documentation)/'
}

codeRules() {
    swiftFiles | xargs -r awk -v rules="$checks/sound.rules" -f "$checks/sound.awk" "$checks/sound.rules"
}

unsafeCode() { grep -F '`unsafe`' <<<"$codeFindings"; }

bannedCalls() { grep -vF '`unsafe`' <<<"$codeFindings" | grep .; }

imports() {
    swiftFiles | grep '^Sources/' | xargs -r awk '
        BEGIN {
            count = split(ENVIRON["floors"], line, "\n")
            for (i = 1; i <= count; i++) {
                names = split(line[i], word, " ")
                for (j = 2; j <= names; j++) floor[word[j]] = word[1] + 0
            }
            count = split(ENVIRON["everywhere"], word, " ")
            for (i = 1; i <= count; i++) free[word[i]] = 1
            count = split(ENVIRON["exceptions"], word, " ")
            for (i = 1; i <= count; i++) free[word[i]] = 1
        }
        FNR == 1 {
            split(FILENAME, part, "/")
            target = part[2]
            if (!(target in floor)) print FILENAME ":1: the target " target " has no floor in Tests/Checks/sound.sh"
        }
        (target in floor) && /^[ \t]*(@[A-Za-z_]+(\([^)]*\))? +)*((public|package|internal|fileprivate|private) +)?import +/ {
            module = $0
            sub(/^.*import +/, "", module)
            sub(/^(struct|class|enum|protocol|func|var|let|typealias|actor) +/, "", module)
            sub(/[^A-Za-z0-9_].*$/, "", module)
            if (module in floor) {
                if (floor[module] < floor[target]) next
                print FILENAME ":" FNR ": " target " (floor " floor[target] ") imports " module " (floor " floor[module] "): only lower floors"
            } else if (floor[target] < 4 && !(module in free) && !((target ":" module) in free)) {
                print FILENAME ":" FNR ": " target " (floor " floor[target] ") imports " module ": the pure floors build without it"
            }
        }'
}

fileLength() {
    find Sources -type f \( -name '*.swift' -o -name '*.[ch]' \) 2>/dev/null | sort | while read -r file; do
        lines=$(wc -l <"$file")
        ((lines <= longest)) || echo "$file: $lines lines, more than $longest: it holds more than one idea"
    done
}

machinePath() {
    trackedFiles | tr '\n' '\0' | xargs -0 -r grep -nIEH -- "$machinePaths" 2>/dev/null |
        cut -c -200 | sed 's/$/ (a path of one machine)/'
}

# The table of traps names a test for each.
trapTable() {
    [[ -f Tests/README.md ]] || return 0
    grep -noE '`[A-Za-z0-9]+Tests\.[A-Za-z0-9]+`' Tests/README.md | tr -d '`' | while IFS=: read -r line name; do
        grep -rqE "func ${name#*.}[(<]" --include="${name%%.*}.swift" Tests || echo "Tests/README.md:$line: there is no test $name"
    done
}

failed=0
check() {
    local title=$1 findings
    findings=$("$2")
    if [[ -z $findings ]]; then
        echo "ok    $title"
    else
        failed=1
        echo "FAIL  $title"
        sed 's/^/      /' <<<"$findings"
    fi
}

codeFindings=$(codeRules)
check "formatted, as .swift-format says" formatting
check "public declarations are documented: the rule is on" documentation
check "unsafe code only in the C edges, each time with a reason" unsafeCode
check "targets import only lower floors" imports
check "no banned calls" bannedCalls
check "no source file above $longest lines" fileLength
check "no paths of one machine" machinePath
check "every trap has its test" trapTable
exit $failed
