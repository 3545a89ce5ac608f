# Finds lines of Swift that break a rule. Reads the rules from the file `rules`, then Swift files.
#
# A rule is a line of fields parted by " ~~ ":
#   where   the files it is about, a regular expression on the path; after "!" the files it is not about
#   what    a regular expression on the line's code, without comments and the contents of strings
#   excuse  the word in a comment that allows it, or "-"
#   within  how many lines above the comment may end; a comment of several lines counts as a whole, and covers a run
#           of lines that need it, if no other line interrupts the run
#   why     what the reader of a finding is told
#
# Only POSIX awk, since the machine's awk is not known.

FILENAME == rules {
    if ($0 ~ /^#/ || $0 ~ /^[ \t]*$/) next
    count = split($0, field, / ~~ /)
    if (count != 5) { print rules ": not a rule: " $0; next }
    ruleCount++
    isNot[ruleCount] = (field[1] ~ /^!/)
    sub(/^!/, "", field[1])
    where[ruleCount] = field[1]; what[ruleCount] = field[2]
    excuse[ruleCount] = field[3]; within[ruleCount] = field[4]; why[ruleCount] = field[5]
    next
}

FNR == 1 {
    path = FILENAME
    sub(/^\.\//, "", path)
    inBlock = 0; inText = 0; blockLine = -1
    split("", excusedAt); split("", inComment); split("", excusedRun)
    applyCount = 0
    for (r = 1; r <= ruleCount; r++) {
        if ((path ~ where[r]) != isNot[r]) apply[++applyCount] = r
    }
}

{
    code = strip($0)
    noteExcuses()
    # A declaration of the name is not a use of it.
    gsub(/(func|case) +[A-Za-z_]+\(/, "(", code)
    for (a = 1; a <= applyCount; a++) {
        r = apply[a]
        if (code !~ what[r]) continue
        if (isExcused(r)) { excusedRun[r] = FNR; continue }
        print path ":" FNR ": " why[r]
    }
}

# One comment covers an uninterrupted run of lines that need it.
function isExcused(r) {
    if (excuse[r] == "-") return 0
    if ((excuse[r] in excusedAt) && FNR - excusedAt[excuse[r]] <= within[r]) return 1
    return (r in excusedRun) && excusedRun[r] == FNR - 1
}

# An excuse holds from its comment on; lines of comment that follow directly belong to it.
function noteExcuses(    word, isOnlyComment) {
    isOnlyComment = (code ~ /^[ \t]*$/ && comment != "")
    if (!isOnlyComment || blockLine != FNR - 1) split("", inComment)
    for (r = 1; r <= ruleCount; r++) {
        word = excuse[r]
        if (word != "-" && index(comment, word ":") > 0) inComment[word] = 1
    }
    for (word in inComment) excusedAt[word] = FNR
    if (isOnlyComment) blockLine = FNR
}

# The line without comments and without what stands inside string literals. Sets `comment`.
function strip(line,    out, i, n, c, two, depth) {
    comment = ""; out = ""; i = 1; n = length(line)
    if (!inBlock && !inText && line !~ /["\/]/) return line
    while (i <= n) {
        two = substr(line, i, 2)
        if (inBlock) {
            if (two == "*/") { inBlock = 0; i += 2 } else i++
            continue
        }
        if (inText) {
            if (substr(line, i, 3) == "\"\"\"") { inText = 0; out = out "\""; i += 3 }
            else if (substr(line, i, 1) == "\\") i += 2
            else i++
            continue
        }
        if (two == "//") { comment = substr(line, i); break }
        if (two == "/*") { inBlock = 1; i += 2; continue }
        if (substr(line, i, 3) == "\"\"\"") { inText = 1; out = out "\""; i += 3; continue }
        c = substr(line, i, 1)
        if (c != "\"") { out = out c; i++; continue }
        # A string of one line; what is interpolated is skipped with it.
        out = out "\""; i++; depth = 0
        while (i <= n) {
            c = substr(line, i, 1)
            if (c == "\\" && substr(line, i + 1, 1) == "(") { depth++; i += 2; continue }
            if (c == "\\") { i += 2; continue }
            if (depth > 0 && c == "(") depth++
            else if (depth > 0 && c == ")") depth--
            else if (depth == 0 && c == "\"") { out = out "\""; i++; break }
            i++
        }
    }
    return out
}
