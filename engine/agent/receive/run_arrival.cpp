#include "engine/agent/receive/run_arrival.hpp"

#include "engine/agent/files/copy_state.hpp"
#include "engine/agent/files/read_run.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <utility>

namespace outrider::agent {
namespace {

constexpr std::array directories{".guild", ".guild/outrider", ".guild/outrider/incoming"};

// Whether the directory that was locked is still the one that has the name.
bool is_in_place(int root, int incoming) {
    const auto named = open_beneath(root, directories.back(), O_RDONLY | O_DIRECTORY);
    struct stat mine{};
    struct stat found{};
    return named && ::fstat(incoming, &mine) == 0 && ::fstat(named->get(), &found) == 0 &&
           mine.st_ino == found.st_ino && mine.st_dev == found.st_dev;
}

// The first entry that is wanted; empty if there is none.
std::string find_entry(int directory, const std::function<bool(std::string_view)>& wanted) {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(
        ::fdopendir(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), &::closedir);
    while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != ".." && wanted(name)) {
            return entry->d_name;
        }
    }
    return {};
}

} // namespace

run_arrival::~run_arrival() {
    leave();
}

result<bool> run_arrival::enter(const agent_context& context, const std::string& home,
                                const std::string& run_id) {
    auto run = open_run(context, home, run_id, false);
    if (!run && run.error().kind() == errc::not_found) {
        made_run_ = true;
        run = open_run(context, home, run_id, true);
    }
    if (!run) {
        return run.error();
    }
    run_ = std::move(*run);
    auto inside = parent_beneath(root(), ".guild/outrider/incoming/file", true);
    if (!inside) {
        // Whoever held the lock may have removed the run directory or one in it just now.
        return inside.error().kind() == errc::not_found ? result<bool>(false) : inside.error();
    }
    // Where the file system cannot lock, two transfers to one run disturb each other's temporary
    // files at most: what they put in place is whole and checked.
    if (::flock(inside->parent.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return false;
    }
    if (!is_in_place(root(), inside->parent.get())) {
        return false;
    }
    incoming_ = std::move(inside->parent);
    return true;
}

std::optional<failure> run_arrival::conflict(const agent_context& context,
                                             const protocol::receive_begin& begin) const {
    if (may_be_alive(read_run(run_paths{run_.path}, *context.launcher, {}))) {
        return failure(errc::conflict, "run " + begin.run_id +
                                           " is this machine's own and is running: it cannot be "
                                           "replaced by a copy (stop it first)");
    }
    if (!is_same_copy(begin.state, copy_state(root()))) {
        return failure(errc::conflict, "run " + begin.run_id + " has changed meanwhile in " +
                                           run_.path + ": it was left as it is (copy it again)");
    }
    return std::nullopt;
}

result<descriptor> run_arrival::guild() const {
    auto where = parent_beneath(root(), ".guild/LOCK.remote", true);
    return where ? result<descriptor>(std::move(where->parent)) : where.error();
}

void run_arrival::sweep() const {
    for (;;) {
        const auto name = find_entry(incoming(), [&](std::string_view each) {
            return !each.ends_with(".part") && ::unlinkat(incoming(), each.data(), 0) == 0;
        });
        if (name.empty()) {
            return;
        }
    }
}

result<bool> run_arrival::step_emptying(clock::time_point deadline) {
    for (;;) {
        if (!emptying_) {
            auto name = find_entry(incoming(), [](std::string_view) { return true; });
            if (name.empty()) {
                return true;
            }
            emptying_.emplace(descriptor(::openat(incoming(), ".", O_RDONLY | O_CLOEXEC)),
                              std::move(name));
        }
        const auto done = emptying_->step(deadline);
        if (!done || !*done) {
            return done;
        }
        emptying_.reset();
        if (clock::now() >= deadline) {
            return false;
        }
    }
}

void run_arrival::keep_directory(std::string_view path) {
    for (std::size_t i = 0; i < kept_.size(); ++i) {
        kept_[i] = kept_[i] || path == directories[i];
    }
}

void run_arrival::leave() {
    if (incoming_) {
        remove_empty();
    }
    if (std::exchange(made_run_, false)) {
        ::rmdir(run_.path.c_str()); // fails unless nothing came
    }
    incoming_.reset();
}

void run_arrival::remove_empty() const {
    // Removed while the lock is held: who waits for it then finds another directory, or none.
    for (std::size_t i = directories.size(); i-- > 0;) {
        if (i < kept_.size() && kept_[i]) {
            break;
        }
        const auto where = parent_beneath(root(), directories[i], false);
        if (!where || ::unlinkat(where->parent.get(), where->name.c_str(), AT_REMOVEDIR) != 0) {
            break;
        }
    }
}

} // namespace outrider::agent
