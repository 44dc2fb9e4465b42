# Fuzzing: libFuzzer over the readers of everything that comes from outside.

# run_fuzz [NAME] [--seconds N] [--keep]
run_fuzz() {
    install_packages run clang
    configure fuzz OUTLAY_TESTS=OFF
    build_preset fuzz fuzzers
    exec /usr/bin/python3 dev.d/fuzz.py --build build/fuzz "$@"
}
