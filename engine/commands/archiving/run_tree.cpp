#include "engine/commands/archiving/run_tree.hpp"

#include "engine/commands/archiving/run_secrets.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <set>

namespace outrider {
namespace {

namespace fs = std::filesystem;

// What is of this place alone: locks, and secrets.
bool stays_here(const fs::path& from, const fs::path& below) {
    return below == ".guild/LOCK" || below == ".guild/outrider/lock" ||
           is_secret_file(from, below.native());
}

/// Copies one tree.
class tree_copying {
  public:
    explicit tree_copying(run_links links) : links_(links) {}

    result<> copy(const fs::path& from, const fs::path& to, const fs::path& below) {
        std::error_code error;
        auto status = fs::symlink_status(from, error);
        if (!error && fs::is_symlink(status)) {
            const auto target = fs::status(from, error);
            const bool content = links_ == run_links::follow && !error &&
                                 (fs::is_regular_file(target) || fs::is_directory(target)) &&
                                 !open_.contains(fs::canonical(from, error).native());
            if (!content) {
                error.clear();
                fs::copy_symlink(from, to, error);
                return error ? failed(to, error) : result<>();
            }
            status = target;
        }
        if (error) {
            return failed(from, error);
        }
        if (fs::is_directory(status)) {
            return copy_directory(from, to, below);
        }
        if (!fs::is_regular_file(status)) {
            skipped_.push_back(below.native());
            return {};
        }
        fs::copy_file(from, to, error);
        return error ? failed(to, error) : keep_time(from, to);
    }

    std::vector<std::string> skipped() { return std::move(skipped_); }

  private:
    static failure failed(const fs::path& path, const std::error_code& error) {
        return errno_failure(error.value(), path.native());
    }

    static result<> keep_time(const fs::path& from, const fs::path& to) {
        struct stat facts{};
        if (::stat(from.c_str(), &facts) != 0) {
            return errno_failure(errno, from.native());
        }
        const timespec times[] = {facts.st_atim, facts.st_mtim};
        if (::utimensat(AT_FDCWD, to.c_str(), times, 0) != 0) {
            return errno_failure(errno, to.native());
        }
        return {};
    }

    result<> copy_directory(const fs::path& from, const fs::path& to, const fs::path& below) {
        std::error_code error;
        const std::string real = fs::canonical(from, error).native();
        if (!error) {
            fs::create_directory(to, error);
        }
        if (error) {
            return failed(to, error);
        }
        open_.insert(real);
        for (const auto& entry : fs::directory_iterator(from, error)) {
            const fs::path path = below / entry.path().filename();
            if (stays_here(entry.path(), path)) {
                continue;
            }
            if (auto done = copy(entry.path(), to / entry.path().filename(), path); !done) {
                return done;
            }
        }
        open_.erase(real);
        if (error) {
            return failed(from, error);
        }
        fs::permissions(to, fs::status(from, error).permissions(), error);
        return keep_time(from, to); // last: what was written into it has changed it
    }

    run_links links_;
    std::vector<std::string> skipped_;
    std::set<std::string> open_; // directories on the way
};

} // namespace

result<std::vector<std::string>> copy_run_tree(const fs::path& from, const fs::path& to,
                                               run_links links) {
    const fs::path beside = to.parent_path() / ("." + to.filename().native() + ".part");
    std::error_code error;
    fs::remove_all(beside, error); // of a copy that was cut off
    tree_copying copying(links);
    if (auto done = copying.copy(from, beside, {}); !done) {
        fs::remove_all(beside, error);
        return done.error();
    }
    fs::rename(beside, to, error);
    if (error) {
        return errno_failure(error.value(), to.native());
    }
    return copying.skipped();
}

result<std::vector<std::string>> move_run_tree(const fs::path& from, const fs::path& to,
                                               run_links links) {
    std::error_code error;
    if (links == run_links::keep) {
        fs::rename(from, to, error);
        if (!error) {
            for (const char* name : {run_secrets, run_children}) {
                if (is_secret_file(to / name, name) && !fs::remove(to / name, error) && error) {
                    return errno_failure(error.value(), (to / name).native());
                }
            }
            return std::vector<std::string>();
        }
        if (error.value() != EXDEV) {
            return errno_failure(error.value(), to.native());
        }
    }
    auto copied = copy_run_tree(from, to, links);
    if (!copied) {
        return copied;
    }
    fs::remove_all(from, error);
    if (error) {
        return errno_failure(error.value(), "cannot remove " + from.native());
    }
    return copied;
}

} // namespace outrider
