#include "engine/agent/file_entry.hpp"
#include "engine/agent/jobs.hpp"
#include "engine/agent/run_place.hpp"
#include "engine/agent/time_slice.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace outrider::agent {
namespace {

// Entries of one part, as the protocol says.
constexpr std::size_t batch_size = 500;
// Names between two looks at the clock.
constexpr std::size_t names_at_once = 256;
// Our own temporary files, of which the other end never hears.
constexpr std::string_view incoming_path = ".guild/outrider/incoming";

/// A directory that is being walked: first its names are read, then sorted, then each is reported.
struct level {
    std::unique_ptr<DIR, int (*)(DIR*)> listing{nullptr, &::closedir};
    dev_t device = 0;
    ino_t inode = 0;
    std::string prefix; // path of the directory with a final '/', empty for the run itself
    std::vector<std::string> names;
    std::size_t next = 0;
    bool read = false;
};

class list_files_job final : public job {
  public:
    list_files_job(const agent_context& context, const protocol::list_files& request,
                   reply_channel channel)
        : channel_(channel), follow_links_(request.follow_links) {
        auto run = open_run(context, request.home, request.run_id, false);
        if (!run) {
            failed_ = run.error();
            return;
        }
        summary_.directory = run->path;
        push(std::move(run->directory), "");
    }

    std::optional<job_wait> advance() override {
        const time_slice slice;
        while (!failed_ && !levels_.empty()) {
            if (channel_.congested()) {
                return time_slice::until_drained();
            }
            if (slice.used_up()) {
                return time_slice::let_others_go_first();
            }
            step();
        }
        if (failed_) {
            channel_.fail(*failed_);
            return std::nullopt;
        }
        flush();
        channel_.reply(summary_);
        return std::nullopt;
    }

    void cancel() override { failed_ = failure(errc::cancelled, "the listing was cancelled"); }

  private:
    void push(descriptor directory, std::string prefix) {
        struct stat found{};
        level next;
        if (::fstat(directory.get(), &found) == 0) {
            next.listing.reset(::fdopendir(directory.get()));
        }
        if (!next.listing) {
            failed_ = errno_failure(errno, "read directory " + summary_.directory + "/" + prefix);
            return;
        }
        std::ignore = directory.release(); // the listing closes it
        next.device = found.st_dev;
        next.inode = found.st_ino;
        next.prefix = std::move(prefix);
        levels_.push_back(std::move(next));
    }

    // A piece of work that takes far less than a time slice.
    void step() {
        auto& top = levels_.back();
        if (!top.read) {
            read_names(top);
            return;
        }
        for (std::size_t i = 0; i < names_at_once; ++i) {
            if (top.next == top.names.size()) {
                levels_.pop_back();
                return;
            }
            if (report(top, top.names[top.next++])) {
                return; // a directory was pushed, `top` is no longer the top, nor valid
            }
        }
    }

    void read_names(level& top) {
        for (std::size_t i = 0; i < names_at_once; ++i) {
            errno = 0;
            const dirent* entry = ::readdir(top.listing.get());
            if (entry == nullptr && errno != 0) {
                failed_ =
                    errno_failure(errno, "read directory " + summary_.directory + "/" + top.prefix);
                return;
            }
            if (entry == nullptr) {
                std::sort(top.names.begin(), top.names.end());
                top.read = true;
                return;
            }
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") {
                top.names.emplace_back(name);
            }
        }
    }

    // Returns whether a directory was pushed (or the job failed).
    bool report(const level& top, const std::string& name) {
        const int parent = ::dirfd(top.listing.get());
        std::string path = top.prefix + name;
        struct stat found{};
        if (path == incoming_path ||
            ::fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) {
            return false; // removed since its name was read
        }
        std::string target;
        if (S_ISLNK(found.st_mode)) {
            target = link_target(parent, name);
            struct stat pointed{};
            if (follow_links_ && ::fstatat(parent, name.c_str(), &pointed, 0) == 0) {
                found = pointed;
            }
        }
        auto entry = make_entry(path, found);
        if (entry.type == protocol::file_type::link) {
            entry.target = std::move(target);
        }
        const bool descend = entry.type == protocol::file_type::directory && !is_on_the_way(found);
        add(std::move(entry));
        if (!descend) {
            return false;
        }
        descriptor directory(
            ::openat(parent, name.c_str(),
                     O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follow_links_ ? 0 : O_NOFOLLOW)));
        if (!directory && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) {
            return false;
        }
        push(std::move(directory), path + "/");
        return true;
    }

    // A link may lead back to a directory that is being walked.
    bool is_on_the_way(const struct stat& found) const {
        return follow_links_ && std::any_of(levels_.begin(), levels_.end(), [&](const level& l) {
                   return l.device == found.st_dev && l.inode == found.st_ino;
               });
    }

    void add(protocol::file_entry entry) {
        ++summary_.total;
        batch_.entries.push_back(std::move(entry));
        if (batch_.entries.size() == batch_size) {
            flush();
        }
    }

    void flush() {
        if (!batch_.entries.empty()) {
            channel_.part(batch_);
            batch_.entries.clear();
        }
    }

    reply_channel channel_;
    bool follow_links_;
    std::vector<level> levels_; // from the run down to the directory that is being walked
    protocol::file_batch batch_;
    protocol::file_list summary_;
    std::optional<failure> failed_;
};

} // namespace

std::unique_ptr<job> make_list_files_job(const agent_context& context, protocol::list_files request,
                                         reply_channel channel) {
    return std::make_unique<list_files_job>(context, request, channel);
}

} // namespace outrider::agent
