# Checks and measurements: lint, format, sanitizers, benchmarks.

cpp_files() {
    find domain events journal views api workers platform app migrations tests \
        \( -name '*.cpp' -o -name '*.hpp' \) -type f 2>/dev/null | LC_ALL=C sort
}

run_format() {
    install_packages format
    cpp_files | xargs -r clang-format-19 -i
}

# run_lint [PART]: everything, or the files whose path contains PART.
run_lint() {
    install_packages run test lint
    local part=${1-} failures=0
    say "clang-format"
    cpp_files | grep -F -e "$part" | xargs -r clang-format-19 --dry-run -Werror || failures=1
    say "style tests"
    make_venv
    build/venv/bin/python -m pytest -q -p no:cacheprovider tests/tidy || failures=1
    configure lint OUTLAY_TESTS=ON
    # Generated sources are in the compile commands; what they include must exist.
    build_preset lint outlay_migrations
    say "clang-tidy"
    # tests/fuzz/main.cpp is compiled for the fuzzers alone.
    cpp_files | grep '\.cpp$' | grep -v '^tests/fuzz/main\.cpp$' | grep -F -e "$part" |
        xargs -r -n 1 -P "$(nproc)" clang-tidy-19 -p build/lint --quiet \
            2> >(grep -v -E '^[0-9]+ warnings? (and|generated)|^Suppressed|^Use -header' >&2) ||
        failures=1
    ((failures == 0)) || fail "lint found something"
    say "lint is clean"
}

# Under ThreadSanitizer the tests that talk to Kafka are left out, and named in the output: the
# distribution's librdkafka is built without it and crashes inside its own code under it. Under
# AddressSanitizer they run.
run_sanitize() {
    local preset=${1-} without="" levels=domain,unit,property,contract,simulation,integration
    [[ $preset == asan || $preset == tsan ]] || fail "usage: ./dev sanitize asan|tsan [FILTER]"
    shift
    install_packages run test clang
    configure "$preset" OUTLAY_TESTS=ON
    # shellcheck disable=SC2086
    build_preset "$preset" $(printf 'test_%s ' ${levels//,/ })
    fetch_kafka
    make_venv
    export ASAN_OPTIONS=${ASAN_OPTIONS-detect_stack_use_after_return=1:strict_string_checks=1}
    export UBSAN_OPTIONS=${UBSAN_OPTIONS-halt_on_error=1:print_stacktrace=1}
    local tsan=halt_on_error=1:second_deadlock_stack=1:suppressions=$root/dev.d/tsan.supp
    export TSAN_OPTIONS=${TSAN_OPTIONS-$tsan}
    export LSAN_OPTIONS=${LSAN_OPTIONS-suppressions=$root/dev.d/lsan.supp:print_suppressions=0}
    if [[ $preset == tsan ]]; then
        without='*Kafka*:*/kafka'
        # One thread simulates all of them, so that there is little to find.
        export OUTLAY_SIMULATION_SEEDS=${OUTLAY_SIMULATION_SEEDS-200}
    fi
    exec build/venv/bin/python dev.d/run_tests.py --build "build/$preset" --slow 5 --without "$without" \
        --levels "$levels" "$@"
}

# run_bench [NAME] [OPTION...]: nothing of it is a part of the build or of the tests.
run_bench() {
    install_packages run test bench
    build_release outlay
    configure release OUTLAY_TESTS=ON
    build_preset release bench_bare_append
    fetch_kafka
    make_venv
    exec build/venv/bin/python tests/bench/run.py --build build/release "$@"
}
