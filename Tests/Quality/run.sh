#!/usr/bin/env bash
# Measures the summaries over the corpus. The rankers to compare with come from PyPI into an environment of their own under .venv/, made
# once; where that is not possible, the rest is measured without them.
# usage: run.sh QUALITY_PROGRAM [options of quality.py]
set -uo pipefail

program=${1:?usage: run.sh QUALITY_PROGRAM [options of quality.py]}
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
environment=$(cd "$here/../.." && pwd)/.venv/quality
export PYTHONDONTWRITEBYTECODE=1

prepare() {
    cat "$here"/requirements*.txt | cmp -s - "$environment/requirements.txt" && return
    rm -rf "$environment"
    echo "quality: installing TextRank and LexRank …" >&2
    python3 -m venv "$environment" || return
    local pip=("$environment/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 20)
    # The rankers alone: their package also wants readers of web pages, which are not needed and do not all come as wheels.
    timeout 300 "${pip[@]}" --only-binary :all: -r "$here/requirements-binary.txt" >"$environment/pip.log" 2>&1 &&
        timeout 120 "${pip[@]}" --only-binary :all: --no-deps -r "$here/requirements.txt" >>"$environment/pip.log" 2>&1 &&
        cat "$here"/requirements*.txt >"$environment/requirements.txt"
}

python=$environment/bin/python
if ! prepare; then
    echo "quality: the rankers could not be installed from PyPI: $(tail -1 "$environment/pip.log" 2>/dev/null)" >&2
    rm -rf "$environment"
    python=python3
fi
"$python" "$here/selftest.py" --quiet || exit 1
exec "$python" "$here/quality.py" "$program" "$@"
