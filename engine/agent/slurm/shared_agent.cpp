#include "engine/agent/slurm/shared_agent.hpp"

#include "engine/agent/slurm/job_record.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

namespace outrider::agent {
namespace {

fs::path shared_agents(const fs::path& home) {
    return home / "cache" / "outrider" / "agents";
}

result<> copy_own_executable(const fs::path& to) {
    const descriptor from(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    struct stat facts{};
    if (!from || ::fstat(from.get(), &facts) != 0) {
        return errno_failure(errno, "cannot read the agent");
    }
    const descriptor file(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700));
    if (!file) {
        return errno_failure(errno, "cannot write " + to.string());
    }
    for (off_t done = 0; done < facts.st_size;) {
        const auto put = ::sendfile(file.get(), from.get(), &done,
                                    static_cast<std::size_t>(facts.st_size - done));
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return errno_failure(put < 0 ? errno : EIO, "cannot write " + to.string());
        }
    }
    // Another node reads it next, and the name has to mean all of it.
    return ::fchmod(file.get(), 0755) == 0 && ::fsync(file.get()) == 0
               ? result<>()
               : errno_failure(errno, "cannot write " + to.string());
}

// What the jobs of a home were submitted with that may yet begin or still run.
std::set<std::string> agents_in_use(const fs::path& home) {
    std::set<std::string> out;
    std::error_code error;
    for (fs::directory_iterator at(home / "runs", error), end; !error && at != end;
         at.increment(error)) {
        const run_paths run{at->path()};
        if (const auto record = read_job_record(run)) {
            if (::access(run.attribute("exit_status").c_str(), F_OK) != 0 ||
                ::access(run.lock().c_str(), F_OK) == 0) {
                out.insert(fs::path(record->agent).parent_path().filename().native());
            }
        }
    }
    return out;
}

void remove_unused_agents(const fs::path& home, const std::string& but) {
    auto used = agents_in_use(home);
    used.insert(but);
    std::error_code error;
    for (fs::directory_iterator at(shared_agents(home), error), end; !error && at != end;
         at.increment(error)) {
        if (!used.contains(at->path().filename().native())) {
            std::error_code left; // the next one tries again
            fs::remove_all(at->path(), left);
        }
    }
}

} // namespace

fs::path shared_agent_file(const fs::path& home, const std::string& build) {
    return shared_agents(home) / build / "outrider-agent";
}

result<> ensure_shared_agent(const fs::path& home, const std::string& build) {
    const auto file = shared_agent_file(home, build);
    struct stat here{};
    struct stat own{};
    if (::stat(file.c_str(), &here) == 0 && ::stat("/proc/self/exe", &own) == 0 &&
        here.st_size == own.st_size) {
        return {};
    }
    if (auto made = make_directories(file.parent_path()); !made) {
        return made;
    }
    const fs::path temporary =
        file.parent_path() / (".agent." + std::to_string(::getpid()) + ".tmp");
    if (auto copied = copy_own_executable(temporary); !copied) {
        ::unlink(temporary.c_str());
        return copied;
    }
    if (::rename(temporary.c_str(), file.c_str()) != 0) {
        const int error = errno;
        ::unlink(temporary.c_str());
        return errno_failure(error, "cannot write " + file.string());
    }
    remove_unused_agents(home, build);
    return {};
}

} // namespace outrider::agent
