#include "engine/agent/machine/interpreter_facts.hpp"

#include "engine/agent/machine/cache_directory.hpp"
#include "engine/agent/server/pipe.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/object.hpp>

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

std::string output_of_python(const std::string& python_exe) {
    auto pipe = make_pipe("cannot ask the interpreter");
    if (!pipe) {
        return {};
    }
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(pipe->write.get(), STDOUT_FILENO);
        ::alarm(10); // survives the exec: an interpreter that hangs is not waited for
        ::execl(python_exe.c_str(), python_exe.c_str(), "-c", "import sys; print(sys.version)",
                nullptr);
        ::_exit(127);
    }
    pipe->write.reset();
    std::string text;
    std::array<char, 1024> chunk;
    ssize_t got = 0;
    while (child > 0 && text.size() < 4096 &&
           (got = ::read(pipe->read.get(), chunk.data(), chunk.size())) > 0) {
        text.append(chunk.data(), static_cast<std::size_t>(got));
    }
    if (child > 0) {
        ::waitpid(child, nullptr, 0);
    }
    return text.substr(0, text.find_last_not_of('\n') + 1);
}

} // namespace

std::string cached_python_version(const fs::path& cache, const std::string& python_exe) {
    return read_small_file(place_of_version(cache, python_exe)).value_or("");
}

std::string ask_python_version(const fs::path& cache, const std::string& python_exe) {
    const std::string version = output_of_python(python_exe);
    const fs::path place = place_of_version(cache, python_exe);
    if (!version.empty() && ensure_cache_directory(cache) &&
        make_directories(place.parent_path())) {
        fs::path aside = place;
        aside += ".new" + std::to_string(::getpid());
        std::ignore = replace_file(place, aside, version); // a cache: the next start asks again
    }
    return version;
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
