#include "engine/agent/slots/slot_file.hpp"

#include "engine/runs/run_paths.hpp"
#include "engine/runs/small_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace outrider::agent {
namespace {

bool lock_slot_file(const descriptor& file, const protocol::held_slot& slot) {
    return ::flock(file.get(), (slot.shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0;
}

} // namespace

fs::path slots_directory(const fs::path& cache) {
    return cache / "slots";
}

result<descriptor> take_slot(const fs::path& cache, const protocol::held_slot& slot) {
    if (!is_safe_name(slot.name)) {
        return failure(errc::bad_input, "'" + slot.name + "' is not the name of a slot");
    }
    const fs::path directory = slots_directory(cache);
    if (auto made = make_directories(directory); !made) {
        return made.error();
    }
    const fs::path path = directory / slot.name;
    descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file) {
        return errno_failure(errno, "cannot open " + path.native());
    }
    if (!lock_slot_file(file, slot)) {
        return errno == EWOULDBLOCK ? failure(errc::no_free_slot, slot.name + " is taken")
                                    : errno_failure(errno, "cannot lock " + path.native());
    }
    return file;
}

void sign_slot(const descriptor& slot, const std::string& run_directory) {
    // Whoever comes after a supervisor that was killed asks whether its operation lives.
    std::ignore = ::ftruncate(slot.get(), 0);
    std::ignore = ::pwrite(slot.get(), run_directory.data(), run_directory.size(), 0);
}

bool is_slot_free(const fs::path& cache, const protocol::held_slot& slot, std::string& signed_by) {
    const fs::path path = slots_directory(cache) / slot.name;
    // For reading: a look is no event for those who wait.
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return errno == ENOENT;
    }
    if (!lock_slot_file(file, slot)) {
        return false;
    }
    signed_by = read_small_file(path).value_or("");
    return true;
}

} // namespace outrider::agent
