# `dev fresh`: proves that the commands work on a bare Debian. debootstrap makes a minimal one in a
# folder, with what this machine needs to reach packages (mirrors, proxies, certificates); the
# checkout is copied in, and ./dev test runs there, in a mount and process namespace of its own.
# When the command ends, by whatever cause, the kernel unmounts and ends everything in there.

fresh_marker=.made-by-outlay-dev
fresh_checkout=/srv/outlay

run_fresh() {
    local release=${1-} dir= again=no command=(./dev test)
    [[ $release == bookworm || $release == trixie ]] ||
        fail "usage: ./dev fresh bookworm|trixie [--dir DIR] [--again] [-- COMMAND...]"
    shift
    dir=/var/tmp/outlay-fresh-$release
    while (($#)); do
        case $1 in
        --dir) dir=$(realpath -m -- "${2:?--dir needs a folder}") && shift 2 ;;
        --again) again=yes && shift ;;
        --) shift && command=("$@") && break ;;
        *) fail "unknown option of fresh: $1" ;;
        esac
    done
    if ((EUID != 0)); then
        [[ $again == yes ]] && set -- --again || set --
        exec sudo --preserve-env "$root/dev" fresh "$release" --dir "$dir" "$@" -- "${command[@]}"
    fi
    install_packages fresh
    if [[ $again == yes && -e $dir/$fresh_marker ]]; then
        find "$dir$fresh_checkout" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
    else
        make_fresh_system "$release" "$dir"
    fi
    copy_checkout "$dir$fresh_checkout"
    say "in $dir: ${command[*]}"
    enter_fresh_system "$dir" "${command[@]}"
}

make_fresh_system() {
    local release=$1 dir=$2
    if [[ -e $dir ]]; then
        [[ -e $dir/$fresh_marker ]] || fail "$dir exists and was not made by this script"
        rm -rf --one-file-system -- "$dir"
    fi
    mkdir -p -- "$dir"
    touch -- "$dir/$fresh_marker"
    say "debootstrap $release into $dir"
    local sources mirror
    sources=$(sources_for "$release")
    mirror=$(awk -v release="$release" '$3 == release { print $2; exit }' <<<"$sources")
    export_apt_proxy
    debootstrap --variant=minbase --include=git,ca-certificates \
        "$release" "$dir" ${mirror:+"$mirror"} >"$dir.log" 2>&1 ||
        { tail -n 20 "$dir.log" >&2 && fail "debootstrap failed; see $dir.log"; }
    rm -f "$dir.log"
    [[ -z $sources ]] || printf '%s\n' "$sources" >"$dir/etc/apt/sources.list"
    # The folder is thrown away, so dpkg need not sync every file.
    echo force-unsafe-io >"$dir/etc/dpkg/dpkg.cfg.d/unsafe-io"
    copy_host_settings "$dir"
}

# This machine's mirrors, as source lines for another release of the same distribution.
sources_for() {
    local here
    here=$(release_of_this_machine)
    apt-get indextargets --format "\$(CREATED_BY) \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" |
        awk -v here="$here" -v release="$1" '
            $1 == "Packages" && $4 == "main" && ($3 == here || index($3, here "-") == 1) {
                sub(here, release, $3)
                print "deb", $2, $3, "main"
            }' | sort -u
}

# debootstrap downloads by itself and knows proxies from the environment only.
export_apt_proxy() {
    local proxy
    proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
    [[ -z $proxy || -n ${http_proxy-} ]] || export http_proxy=$proxy
}

copy_host_settings() {
    local dir=$1 from
    apt-config dump | grep '^Acquire::' | grep -v -e IndexTargets -e '::cdrom' \
        >"$dir/etc/apt/apt.conf.d/99host"
    for from in /etc/apt/auth.conf /etc/apt/auth.conf.d /etc/apt/keyrings /etc/apt/trusted.gpg.d \
        /etc/hosts /etc/pip.conf /etc/mavenrc /usr/local/share/ca-certificates \
        ~/.config/pip ~/.pip ~/.mavenrc ~/.netrc; do
        [[ -e $from ]] || continue
        mkdir -p "$dir$(dirname "$from")"
        cp -a -- "$from" "$dir$(dirname "$from")/"
    done
    mkdir -p "$dir/root/.m2"
    if [[ -f ~/.m2/settings.xml ]]; then
        cp -- ~/.m2/settings.xml "$dir/root/.m2/"
    elif dpkg -V maven 2>/dev/null | grep -q 'settings\.xml'; then
        cp -- /etc/maven/settings.xml "$dir/root/.m2/"
    fi
    chroot "$dir" update-ca-certificates >/dev/null 2>&1
}

# What git tracks or would track, without history: the folder as a reader of the project gets it.
copy_checkout() {
    mkdir -p -- "$1"
    git -c safe.directory="$root" ls-files -z --cached --others --exclude-standard |
        while IFS= read -r -d '' file; do [[ -e $file ]] && printf '%s\0' "$file"; done |
        tar --null -T - -cf - | tar -C "$1" -xf - --no-same-owner
}

# The variables by which programs find proxies, certificates and registries. A value that is a path
# is passed on only if it leads somewhere in there.
passed_environment() {
    local name value
    while IFS= read -r name; do
        value=${!name}
        [[ $value == /* && ! -e $1$value ]] || printf '%s=%s\0' "$name" "$value"
    done < <(compgen -e | grep -E -i \
        -e '^(https?|ftp|all|no)_proxy$' -e '^(pip|maven|mvn|mavenw)_' -e '^java_tool_options$' \
        -e '^(ssl_cert|requests_ca|curl_ca|git_ssl)_' -e '^ci$')
}

enter_fresh_system() {
    local dir=$1 environment=()
    shift
    mapfile -d '' environment < <(passed_environment "$dir")
    unshare --mount --propagation private --pid --fork --kill-child bash -euc '
        dir=$1 && shift
        mount -t proc proc "$dir/proc"
        mount --rbind /sys "$dir/sys"
        mount --rbind /dev "$dir/dev"
        exec chroot "$dir" /usr/bin/env -i "$@"' fresh "$dir" \
        HOME=/root LANG=C.UTF-8 TERM="${TERM-dumb}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        ${environment[@]+"${environment[@]}"} \
        bash -c 'cd "$1" && shift && "$@"' fresh "$fresh_checkout" "$@"
}
