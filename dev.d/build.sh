# Configures and builds with CMake presets and ccache; fetches what the tests need besides packages.

export CCACHE_BASEDIR=${CCACHE_BASEDIR-$root}
# A precompiled header is newer than the compilation that uses it, which ccache would distrust.
ccache_sloppiness=pch_defines,time_macros,include_file_mtime,include_file_ctime
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS-$ccache_sloppiness}
export NINJA_STATUS=${NINJA_STATUS-'[%f/%t %es] '}

# configure PRESET [CMAKE-OPTION...]: only when the cache lacks one of the options, because ninja
# itself re-runs CMake when a CMake file or the set of sources changes.
configure() {
    local preset=$1 cache=build/$1/CMakeCache.txt option fitting=yes
    shift
    [[ -f $cache && -f build/$preset/build.ninja ]] || fitting=no
    for option in "$@"; do
        grep -qsE "^${option%%=*}:[A-Z]+=${option#*=}$" "$cache" || fitting=no
    done
    [[ $fitting == yes ]] && return
    say "configuring $preset"
    # The distribution's Python has the YAML module; another one may stand first in PATH.
    local log=build/$preset/configure.log
    mkdir -p "build/$preset"
    cmake --preset "$preset" -DPython3_EXECUTABLE=/usr/bin/python3 "${@/#/-D}" >"$log" 2>&1 ||
        { tail -n 40 "$log" >&2 && fail "CMake failed; see $log"; }
}

# build_preset PRESET TARGET...
build_preset() {
    local preset=$1
    shift
    say "building $preset: $*"
    cmake --build "build/$preset" --target "$@"
}

# The server alone needs no test library, so a first build of it does not ask for one.
build_release() {
    if [[ $1 == all ]]; then
        configure release OUTLAY_TESTS=ON
    elif [[ ! -f build/release/CMakeCache.txt ]]; then
        configure release OUTLAY_TESTS=OFF
    else
        configure release
    fi
    build_preset release "$1"
}

# stamp_is FILE TEXT: true if FILE says TEXT, which names the inputs of what stands beside it.
stamp_is() { [[ -f $1 && $(<"$1") == "$2" ]]; }

fetch_kafka() {
    local stamp
    stamp=$(sha256sum <compose/kafka/pom.xml)
    stamp_is build/kafka/stamp "$stamp" && return
    say "fetching Apache Kafka"
    rm -rf build/kafka
    mkdir -p build/kafka
    mvn -q -B -f compose/kafka/pom.xml dependency:copy-dependencies \
        -DoutputDirectory="$root/build/kafka/libs" -Dmdep.useBaseVersion=true
    printf '%s' "$stamp" >build/kafka/stamp
}

make_venv() {
    local stamp
    stamp=$(cat tests/requirements.txt /usr/bin/python3 | sha256sum)
    stamp_is build/venv/stamp "$stamp" && return
    say "making the Python environment of the tests"
    rm -rf build/venv
    /usr/bin/python3 -m venv build/venv
    build/venv/bin/python -m pip install -q --disable-pip-version-check -r tests/requirements.txt
    printf '%s' "$stamp" >build/venv/stamp
}

# The receivers' side of webhooks in JavaScript. Other distributors' Node.js brings npm along, so it
# is asked for only where there is none.
make_node() {
    command -v npm >/dev/null || install_packages node
    local stamp
    stamp=$(sha256sum <tests/node/package-lock.json)
    stamp_is build/node/stamp "$stamp" && return
    say "making the JavaScript environment of the tests"
    rm -rf build/node
    mkdir -p build/node
    cp tests/node/package.json tests/node/package-lock.json build/node/
    npm ci --prefix build/node --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
    printf '%s' "$stamp" >build/node/stamp
}

# Prometheus' checker of rules and metrics. The package would start a server of its own, so only this one
# program is taken out of it.
fetch_promtool() {
    [[ -x build/promtool/promtool ]] && return
    say "fetching promtool"
    local folder
    folder=$(mktemp -d)
    chmod 755 "$folder"
    (cd "$folder" && apt-get download -qq prometheus 2>/dev/null) || {
        DEBIAN_FRONTEND=noninteractive as_root apt-get update -qq || true
        (cd "$folder" && apt-get download -qq prometheus) || fail "promtool cannot be fetched"
    }
    mkdir -p build/promtool
    dpkg-deb --fsys-tarfile "$folder"/prometheus_*.deb | tar -xO ./usr/bin/promtool >"$folder/promtool"
    install -m 755 "$folder/promtool" build/promtool/promtool
    rm -rf "$folder"
}
