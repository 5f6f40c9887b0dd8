# Counting for tests/run: every runner's own result is added up; sourced, not run.
passed=0
failed=0

# count_ctest BUILD OPTION...: what ctest ran of that build; many tests do nothing but wait, so twice as many as processors
count_ctest() {
    build_name=$1
    shift
    echo "== ctest $build_name $*"
    ctest --test-dir "build/$build_name" --output-on-failure --no-tests=error -j 4 "$@" >"build/$build_name.ctest.log" 2>&1 || true
    grep -E "^ *[0-9]+/[0-9]+ |tests passed|\*\*\*|ERROR|Failure" "build/$build_name.ctest.log" | grep -vE " Passed " || true
    ok=$(grep -cE "^ *[0-9]+/[0-9]+ .* Passed " "build/$build_name.ctest.log" || true)
    bad=$(grep -cE "^ *[0-9]+/[0-9]+ .*\*\*\*" "build/$build_name.ctest.log" || true)
    if [ "$ok" = 0 ] && [ "$bad" = 0 ]; then
        bad=1
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
}

# count_python FOLDER: the unittest files of tests/FOLDER, in the order of their names
count_python() {
    echo "== tests/$1"
    log="build/$1.log"
    (cd "tests/$1" && python3 -B -m unittest discover -v -p 'test_*.py') >"$log" 2>&1 || true
    grep -E " \.\.\. |^(Ran|FAILED|OK|[A-Za-z.]*Error)" "$log" || tail -n 20 "$log"
    if ! grep -qE "^(OK|FAILED)" "$log" || grep -qE "^FAILED" "$log"; then
        tail -n 150 "$log"
    fi
    ok=$(grep -cE " \.\.\. (ok|skipped.*)$|^ok$" "$log" || true)
    bad=$(grep -cE "^(ERROR|FAIL): " "$log" || true)
    if ! grep -qE "^Ran [1-9]" "$log"; then
        bad=$((bad + 1))
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
}

count_close() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}
