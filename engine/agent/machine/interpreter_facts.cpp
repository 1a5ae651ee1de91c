#include "engine/agent/machine/interpreter_facts.hpp"

#include "engine/agent/machine/cache_directory.hpp"
#include "engine/agent/server/pipe.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace outrider::agent {
namespace {

fs::path place_of_version(const fs::path& cache, const std::string& python_exe) {
    struct stat facts{};
    ::stat(python_exe.c_str(), &facts);
    const std::string key = python_exe + '\0' + std::to_string(facts.st_mtim.tv_sec) + '.' +
                            std::to_string(facts.st_mtim.tv_nsec);
    return cache / "interpreters" / protocol::hash_of(key);
}

constexpr const char* version_code = "import sys; print(sys.version)";

// As pip prints it. The times of the directories are read first: what changes while it looks shows.
constexpr const char* packages_code = R"py(
import json, os, sys
from importlib import metadata
def time_of(path):
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
import site
paths = [p for p in sys.path if os.path.isabs(p)]
places = {p: time_of(p) for p in paths + [site.getusersitepackages()]}
found = {}
for one in metadata.distributions(path=paths):
    name = one.metadata["Name"]
    if not name or name.lower() in found:
        continue
    line = "%s==%s" % (name, one.version)
    try:
        origin = json.loads(one.read_text("direct_url.json") or "{}")
        vcs = origin.get("vcs_info")
        if vcs:
            line = "%s @ %s+%s@%s" % (name, vcs["vcs"], origin["url"], vcs["commit_id"])
        elif origin.get("dir_info", {}).get("editable"):
            line = "-e " + origin["url"].replace("file://", "", 1)
        elif "url" in origin:
            line = "%s @ %s" % (name, origin["url"])
    except Exception:
        pass
    found[name.lower()] = line
print(json.dumps({"places": places, "packages": [found[n] for n in sorted(found)]}))
)py";

/// Most that an interpreter is listened to, bytes.
constexpr std::size_t longest_answer = std::size_t{1} << 20;

std::string output_of_python(const std::string& python_exe, const char* code) {
    auto pipe = make_pipe("cannot ask the interpreter");
    if (!pipe) {
        return {};
    }
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(pipe->write.get(), STDOUT_FILENO);
        ::alarm(20); // survives the exec: an interpreter that hangs is not waited for
        // -E: what the environment adds, the run directory among it, is no part of the interpreter.
        ::execl(python_exe.c_str(), python_exe.c_str(), "-E", "-c", code, nullptr);
        ::_exit(127);
    }
    pipe->write.reset();
    std::string text;
    std::array<char, 1024> chunk;
    ssize_t got = 0;
    while (child > 0 && text.size() < longest_answer &&
           (got = ::read(pipe->read.get(), chunk.data(), chunk.size())) > 0) {
        text.append(chunk.data(), static_cast<std::size_t>(got));
    }
    if (child > 0) {
        ::waitpid(child, nullptr, 0);
    }
    return text.substr(0, text.find_last_not_of('\n') + 1);
}

fs::path place_of_packages(const fs::path& cache, const std::string& python_exe) {
    return place_of_version(cache, python_exe) += ".packages";
}

// A cache: what cannot be kept is asked again.
void keep_fact(const fs::path& cache, const fs::path& place, const std::string& text) {
    if (ensure_cache_directory(cache) && make_directories(place.parent_path())) {
        fs::path aside = place;
        aside += ".new" + std::to_string(::getpid());
        std::ignore = replace_file(place, aside, text);
    }
}

std::int64_t modified_ns(const std::string& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) != 0
               ? 0
               : facts.st_mtim.tv_sec * std::int64_t{1'000'000'000} + facts.st_mtim.tv_nsec;
}

// The attribute, if every directory of packages is as it was when the interpreter was asked.
std::optional<std::string> packages_in(const std::string& answer) {
    boost::system::error_code error;
    const auto value = boost::json::parse(answer, error);
    const auto* object = error ? nullptr : value.if_object();
    const auto* places = object != nullptr ? object->if_contains("places") : nullptr;
    const auto* packages = object != nullptr ? object->if_contains("packages") : nullptr;
    if (places == nullptr || !places->is_object() || packages == nullptr) {
        return std::nullopt;
    }
    for (const auto& place : places->get_object()) {
        if (!place.value().is_int64() || modified_ns(place.key()) != place.value().get_int64()) {
            return std::nullopt;
        }
    }
    return yaml_text(*packages);
}

} // namespace

std::string cached_python_version(const fs::path& cache, const std::string& python_exe) {
    return read_small_file(place_of_version(cache, python_exe)).value_or("");
}

std::string ask_python_version(const fs::path& cache, const std::string& python_exe) {
    const std::string version = output_of_python(python_exe, version_code);
    if (!version.empty()) {
        keep_fact(cache, place_of_version(cache, python_exe), version);
    }
    return version;
}

std::optional<std::string> cached_packages(const fs::path& cache, const std::string& python_exe) {
    const auto text = read_small_file(place_of_packages(cache, python_exe), longest_answer);
    return text ? packages_in(*text) : std::nullopt;
}

std::optional<std::string> ask_packages(const fs::path& cache, const std::string& python_exe) {
    const std::string answer = output_of_python(python_exe, packages_code);
    auto packages = packages_in(answer);
    if (packages) {
        keep_fact(cache, place_of_packages(cache, python_exe), answer);
    }
    return packages;
}

std::string platform_text(const std::string& python_version) {
    utsname system{};
    ::uname(&system);
    boost::json::object out;
    out["architecture"] = system.machine;
    out["cpus"] = static_cast<std::int64_t>(::sysconf(_SC_NPROCESSORS_ONLN));
    out["processor"] = "";
    out["python_version"] = python_version;
    out["uname"] = std::string(system.sysname) + " " + system.nodename + " " + system.release +
                   " " + system.version + " " + system.machine;
    return yaml_text(out);
}

} // namespace outrider::agent
