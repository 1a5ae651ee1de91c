#include "engine/remotes/bootstrap_script.hpp"

#include <fmt/format.h>

namespace outrider {
namespace {

// POSIX shell only. Variables are prefixed, because one that the environment exports would reach
// the operation changed; for the same reason the locale is put back before the agent starts.
constexpr std::string_view beginning = R"sh(o_nl='
'
o_has_locale=${LC_ALL+yes} o_locale=$LC_ALL
LC_ALL=C
export LC_ALL
o_say() { printf '%s %s\n' "$o_n" "$*"; }
o_machine=$(uname -sm </dev/null 2>&1)
case $o_machine in
)sh";

// Looking for the agent: the user's own directories, then shared ones, where everything must be
// ours alone: another user could have been there first. An empty file is what a crash of the
// machine may make of one that was just written.
constexpr std::string_view search = R"sh(*) o_say "machine $o_machine"; exit 0 ;;
esac
o_file=agents/$o_hash/outrider-agent
o_start() {
    o_say "agent $1"
    if [ -n "$o_has_locale" ]; then LC_ALL=$o_locale; else unset LC_ALL; fi
    exec "$1/$o_file" serve
}
o_has() { [ -x "$1/$o_file" ] && [ -s "$1/$o_file" ]; }
o_is_ours() {
    set -- $(ls -ldn "$1" </dev/null 2>/dev/null)
    case $1 in
    drwx------ | drwx------.) [ "$3" = "$o_uid" ] ;;
    *) false ;;
    esac
}
o_cache= o_plain= o_runtime=
case $HOME in /*) o_cache=$HOME/.cache/outrider o_plain=$HOME/.outrider ;; esac
case $XDG_CACHE_HOME in /*) o_cache=$XDG_CACHE_HOME/outrider ;; esac
case $XDG_RUNTIME_DIR in /*) o_runtime=$XDG_RUNTIME_DIR/outrider ;; esac
for o_d in "$o_cache" "$o_plain" "$o_runtime"; do
    if [ -n "$o_d" ] && o_has "$o_d"; then o_start "$o_d"; fi
done
case $OUTRIDER_SCRATCH in
*[!-A-Za-z0-9_./]*) ;;
/*) o_shared=$OUTRIDER_SCRATCH ;;
esac
o_uid=$(id -u </dev/null 2>/dev/null)
for o_d in $o_shared; do
    o_d=$o_d/outrider-$o_uid
    if o_is_ours "$o_d" && o_has "$o_d"; then o_start "$o_d"; fi
done
)sh";

// Bringing it: a tiny script shows whether a directory may execute before anything is sent. When
// a write fails in the middle, the rest of what was sent is read all the same, so that the next
// directory begins at the beginning.
constexpr std::string_view installation = R"sh(o_bad() {
    o_error=${o_error##*"$o_nl"}
    o_say "bad $o_d: ${o_error##*: }$1"
    rm -f "$o_temporary" </dev/null 2>/dev/null
    rmdir "$o_d/agents/$o_hash" "$o_d/agents" "$o_d" </dev/null 2>/dev/null
}
o_unpack() { if [ "$o_form" = gzip ]; then gzip -dc; else cat; fi; }
o_take() { head -c "$o_bytes" | { o_unpack >"$o_temporary" || { cat >/dev/null; false; }; }; }
o_tidy() {
    find "$o_d/agents" -name '.tmp.*' -mmin +60 -exec rm -f {} \;
    o_count=0
    for o_old in $(ls -t "$o_d/agents"); do
        o_count=$((o_count + 1))
        case $o_old in *[!0-9a-f]*) continue ;; esac
        if [ "$o_count" -gt 2 ] && [ "$o_old" != "$o_hash" ]; then
            ls -l /proc/[0-9]*/exe 2>/dev/null | grep -F "/agents/$o_old/" >/dev/null ||
                rm -rf "$o_d/agents/$o_old"
        fi
    done
}
o_install() {
    o_temporary=$o_d/agents/$o_hash/.tmp.$o_n
    o_error=$(umask 077; mkdir -p "$o_d" </dev/null 2>&1) || { o_bad; return; }
    case $1 in
    shared) o_is_ours "$o_d" || { o_error='it is not ours alone'; o_bad; return; } ;;
    esac
    o_error=$(umask 077; mkdir -p "$o_d/agents/$o_hash" </dev/null 2>&1) || { o_bad; return; }
    o_error=$( (umask 077; printf '#!/bin/sh\nexit 0\n' | cat >"$o_temporary") 2>&1 &&
        chmod 700 "$o_temporary" </dev/null 2>&1) || { o_bad; return; }
    o_error=$("$o_temporary" </dev/null 2>&1) || { o_bad ' (mounted noexec?)'; return; }
    o_say "need $o_arch $o_form"
    o_error=$( (umask 077; o_take) 2>&1) || { o_bad; return; }
    o_error=$("$o_temporary" verify "$o_hash" </dev/null 2>&1) ||
        { o_error=${o_error:-the copy is damaged}; o_bad; return; }
    o_error=$(mv -f "$o_temporary" "$o_d/$o_file" </dev/null 2>&1) || { o_bad; return; }
    o_tidy </dev/null >/dev/null 2>&1
    o_start "$o_d"
}
o_form=raw o_bytes=$o_size
if command -v gzip >/dev/null 2>&1; then o_form=gzip o_bytes=$o_zipped; fi
for o_d in "$o_cache" "$o_plain" "$o_runtime"; do
    if [ -n "$o_d" ]; then o_install own; fi
done
for o_d in $o_shared; do
    o_d=$o_d/outrider-$o_uid
    o_install shared
done
o_say none
exit 0
}
)sh";

std::string patterns(std::string_view architecture) {
    // The same machine has two names.
    return architecture == "aarch64" ? "'Linux aarch64' | 'Linux arm64'"
                                     : fmt::format("'Linux {}'", architecture);
}

} // namespace

std::string bootstrap_script(std::string_view nonce, std::span<const agent_image> images,
                             const std::vector<std::string>& shared_directories) {
    std::string shared;
    for (const auto& directory : shared_directories) {
        shared += (shared.empty() ? "" : " ") + directory;
    }
    // The nonce stands in two pieces: a far end that echoes the script does not answer with it.
    const auto half = nonce.size() / 2;
    std::string script = fmt::format("{{\no_n={}''{}\no_shared='{}'\n", nonce.substr(0, half),
                                     nonce.substr(half), shared);
    script += beginning;
    for (const auto& image : images) {
        script += fmt::format("{}) o_arch={} o_hash={} o_size={} o_zipped={} ;;\n",
                              patterns(image.architecture), image.architecture, image.hash,
                              image.size, image.gzip.size());
    }
    script += search;
    script += installation;
    return script;
}

} // namespace outrider
