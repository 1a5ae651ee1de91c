#include "tests/support/wheels.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>

namespace outrider::testing {
namespace {

constexpr const char* build = R"py(import sys, zipfile
index, name, version, needs = sys.argv[1:]
info = "%s-%s.dist-info/" % (name, version)
meta = "Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (name, version)
if needs:
    meta += "Requires-Dist: %s\n" % needs
tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
with zipfile.ZipFile("%s/%s-%s-py3-none-any.whl" % (index, name, version), "w") as z:
    z.writestr(name + ".py", "version = %r\n" % version)
    z.writestr(info + "METADATA", meta)
    z.writestr(info + "WHEEL", tag)
    z.writestr(info + "RECORD", "")
)py";

constexpr const char* uv = R"sh(#!/bin/sh
# Overrides are requirements with a condition that never holds: what they name is left out.
here=$(dirname "$0")/..
echo "$@" >> "$here/uv-words"
case $1 in
venv)
    if [ -e "$here/uv-refuses" ]; then echo 'this Python is too old'; exit 2; fi
    for word; do last=$word; done
    system=
    case " $* " in *" --system-site-packages "*) system=--system-site-packages ;; esac
    exec python3 -m venv --without-pip $system "$last" ;;
pip)
    if [ -e "$here/uv-waits" ]; then echo waiting >> "$here/uv-began"; exec sleep 1000; fi
    while [ "$1" != --python ]; do shift; done
    python=$2 names=
    shift 2
    while [ $# -gt 0 ]; do
        case $1 in
        -r) names=$2 ;;
        --override) cp "$2" "$here/overrides" ;;
        esac
        shift
    done
    exec python3 -m pip --disable-pip-version-check --python "$python" install -r "$names" ;;
esac
)sh";

} // namespace

wheels::wheels() {
    std::filesystem::create_directories(place / "index");
    std::filesystem::create_directories(place / "bin");
    std::filesystem::create_directories(place / "user");
    place.write("build.py", build);
}

void wheels::add(const std::string& name, const std::string& version,
                 const std::string& needs) const {
    const std::string command = "python3 '" + (place / "build.py") + "' '" + (place / "index") +
                                "' '" + name + "' '" + version + "' '" + needs + "'";
    BOOST_REQUIRE(std::system(command.c_str()) == 0);
}

void wheels::add_uv() const {
    write_file(place / "bin/uv", uv, 0755);
}

std::map<std::string, std::string> wheels::variables() const {
    const char* path = std::getenv("PATH");
    return {{"PIP_NO_INDEX", "1"},
            {"PIP_FIND_LINKS", place / "index"},
            {"UV_NO_INDEX", "1"},
            {"UV_FIND_LINKS", place / "index"},
            {"PYTHONDONTWRITEBYTECODE", "1"},
            {"HOME", place / "user"},
            {"PATH", (place / "bin") + ":" + (path != nullptr ? path : "/usr/bin:/bin")}};
}

std::string wheels::activation() const {
    std::string out;
    for (const auto& [name, value] : variables()) {
        if (name != "HOME") {
            out += "export " + name + "='" + value + "'; ";
        }
    }
    return out;
}

} // namespace outrider::testing
