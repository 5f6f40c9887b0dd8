# Stages, and counting: every runner's own result is added up. Sourced by tests/run and tests/demo.
passed=0
failed=0
began=$(date +%s)

# stage TEXT...: what comes now and what it proves, with the time that went by
stage() {
    gone=$(($(date +%s) - began))
    printf '== %d:%02d  %s\n' $((gone / 60)) $((gone % 60)) "$*"
}

# build PRESET OPTION...: configures and compiles; 1, and what the compiler said, when that failed
build() {
    preset=$1
    shift
    mkdir -p build
    log="build/$preset.log"
    if cmake --preset "$preset" >"$log" 2>&1 && cmake --build --preset "$preset" "$@" >>"$log" 2>&1; then
        return 0
    fi
    grep -E "[Ee]rror|FAILED|warning" "$log" | head -n 40
    echo "build/$preset failed; all of it is in $log"
    return 1
}

# count_build PRESET: compiled without a warning; one test. 1 when it failed.
count_build() {
    if build "$1"; then
        passed=$((passed + 1))
        return 0
    fi
    failed=$((failed + 1))
    return 1
}

# count_ctest PRESET OPTION...: what ctest ran of that build; many tests do nothing but wait, so twice as many as processors
count_ctest() {
    preset=$1
    shift
    log="build/$preset.ctest.log"
    ctest --preset "$preset" -j $((2 * $(nproc))) "$@" >"$log" 2>&1 || true
    grep -E "^ *[0-9]+/[0-9]+ |tests passed|\*\*\*|ERROR|Failure" "$log" | grep -vE " Passed " || true
    ok=$(grep -cE "^ *[0-9]+/[0-9]+ .* Passed " "$log" || true)
    bad=$(grep -cE "^ *[0-9]+/[0-9]+ .*\*\*\*" "$log" || true)
    if [ "$ok" = 0 ] && [ "$bad" = 0 ]; then
        bad=1
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
}

# need COMMAND...: what the next stages stand on; no test, but its failure counts, and ends the run
need() {
    if ! "$@"; then
        echo "failed: $*"
        failed=$((failed + 1))
        count_close
    fi
}

# count_python FOLDER [FILES]: the unittest files of tests/FOLDER, in the order of their names
count_python() {
    log="build/$1.log"
    [ $# -eq 1 ] || log="build/$1-again.log"
    (cd "tests/$1" && python3 -B -m unittest discover -v -p "${2-test*.py}") >"$log" 2>&1 || true
    grep -E " \.\.\. |^(Ran|FAILED|OK|[A-Za-z.]*Error)" "$log" || tail -n 20 "$log"
    if ! grep -qE "^(OK|FAILED)" "$log" || grep -qE "^FAILED" "$log"; then
        tail -n 150 "$log"
    fi
    ok=$(grep -cE " \.\.\. ok$|^ok$" "$log" || true)
    bad=$(grep -cE "^(ERROR|FAIL): " "$log" || true)
    if ! grep -qE "^Ran [1-9]" "$log"; then
        bad=$((bad + 1))
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
}

count_close() {
    stage "done"
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}
