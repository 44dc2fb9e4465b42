# Installs the distribution's packages that a command needs. Nothing happens, and no root is needed,
# when all are there: one dpkg-query answers that.

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
fail() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}

release_of_this_machine() {
    # shellcheck source=/dev/null
    (. /etc/os-release && printf '%s' "${VERSION_CODENAME-unknown}")
}

# Which packages a purpose needs; $1 = run, test, stack, node, lint, clang, bench, fresh.
packages_for() {
    local boost=libboost1.83-dev java=openjdk-21-jre-headless
    if [[ $(release_of_this_machine) == bookworm ]]; then
        boost=libboost1.81-dev java=openjdk-17-jre-headless
    fi
    case $1 in
    run)
        echo ccache ninja-build cmake g++ pkg-config python3 python3-yaml "$boost" \
            librdkafka-dev libpqxx-dev libpq-dev libsqlite3-dev libsimdjson-dev libspdlog-dev \
            libfmt-dev libjemalloc-dev libcurl4-openssl-dev libsodium-dev libssl-dev libcli11-dev \
            zlib1g-dev libhowardhinnant-date-dev tzdata curl ca-certificates
        ;;
    stack) echo postgresql maven "$java" ;;
    test)
        echo git python3-venv libgtest-dev libgmock-dev sqlite3 groff-base openssl systemd &&
            packages_for stack
        ;;
    node) echo nodejs npm ;;
    bench) echo wrk ;;
    clang) echo clang-19 libclang-rt-19-dev llvm-19 ;;
    lint) echo git python3-venv clang-format-19 clang-tidy-19 && packages_for clang ;;
    format) echo clang-format-19 ;;
    fresh) echo debootstrap ;;
    esac
}

# Prints those of the given packages that are not installed.
missing_packages() {
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
        awk -v wanted="$*" '
            $1 == "installed" { there[$2] = 1 }
            END { n = split(wanted, names, " ")
                  for (i = 1; i <= n; i++) if (!there[names[i]]) print names[i] }' || true
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    else
        sudo --preserve-env=DEBIAN_FRONTEND "$@"
    fi
}

# dpkg says a line or two per package; only the end of that matters, and only when it went wrong.
apt_install() {
    local log
    log=$(mktemp)
    DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends \
        -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 ||
        { tail -n 40 "$log" >&2 && rm -f "$log" && fail "apt-get install failed"; }
    rm -f "$log"
}

# The package would make and start a cluster of its own on port 5432; Outlay starts its servers
# itself, so that is switched off between the two packages, if PostgreSQL was never installed here.
install_postgresql_quietly() {
    [[ -n $(missing_packages postgresql-common) ]] || return 0
    apt_install postgresql-common
    as_root sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' \
        /etc/postgresql-common/createcluster.conf
}

install_packages() {
    command -v dpkg-query >/dev/null || fail "this script installs Debian packages; no dpkg here"
    local wanted=() missing=() purpose
    for purpose in "$@"; do
        # shellcheck disable=SC2207
        wanted+=($(packages_for "$purpose"))
    done
    # shellcheck disable=SC2207
    missing=($(missing_packages "${wanted[@]}"))
    ((${#missing[@]})) || return 0
    if ((EUID != 0)) && ! command -v sudo >/dev/null; then
        fail "missing packages, and neither root nor sudo to install them: ${missing[*]}"
    fi
    say "installing ${#missing[@]} packages: ${missing[*]}"
    DEBIAN_FRONTEND=noninteractive as_root apt-get update -qq ||
        say "apt-get update failed; trying with the lists that are there"
    [[ " ${missing[*]} " == *" postgresql "* ]] && install_postgresql_quietly
    apt_install "${missing[@]}"
}
