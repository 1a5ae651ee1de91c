#include "engine/agent/destination.hpp"

#include "engine/agent/incoming_file.hpp"
#include "engine/agent/run_place.hpp"
#include "engine/agent/tree_removal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <ctime>

namespace outrider::agent {
namespace {

constexpr std::string_view package_prefix = ".incoming-";

result<> check_space(int directory, const std::string& path, std::int64_t needed) {
    struct statvfs space{};
    if (needed <= 0 || ::fstatvfs(directory, &space) != 0) {
        return {};
    }
    const auto free_bytes =
        static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize);
    if (free_bytes >= needed) {
        return {};
    }
    return failure(errc::no_space, "no space for " + std::to_string(needed) + " bytes in " + path +
                                       ": " + std::to_string(needed - free_bytes) +
                                       " bytes too few are free; make room there and try again");
}

/// A run: files appear one by one, each whole.
class run_destination final : public destination {
  public:
    static result<std::unique_ptr<destination>> open(const agent_context& context,
                                                     const protocol::receive_files& request) {
        auto out = std::make_unique<run_destination>();
        auto run = open_run(context, request.home, request.run_id, true);
        if (!run) {
            return run.error();
        }
        out->run_ = std::move(*run);
        if (auto space = check_space(out->root(), out->run_.path, request.bytes); !space) {
            return space.error();
        }
        if (auto opened = out->open_incoming(); !opened) {
            return opened.error();
        }
        sweep_incoming(out->incoming(), "", std::time(nullptr));
        return std::unique_ptr<destination>(std::move(out));
    }
    ~run_destination() override {
        // Another request may use the same directory: the last one removes it.
        if (!incoming_ || ::flock(incoming(), LOCK_EX | LOCK_NB) != 0) {
            return;
        }
        for (const char* path : {".guild/outrider/incoming", ".guild/outrider", ".guild"}) {
            if (auto where = parent_beneath(root(), path, false)) {
                ::unlinkat(where->parent.get(), where->name.c_str(), AT_REMOVEDIR);
            }
        }
    }
    [[nodiscard]] int root() const override { return run_.directory.get(); }
    [[nodiscard]] int incoming() const override { return incoming_.get(); }
    result<> publish() override { return {}; }

  private:
    result<> open_incoming() {
        for (;;) {
            auto inside = parent_beneath(root(), ".guild/outrider/incoming/file", true);
            if (!inside) {
                return inside.error();
            }
            // Held exclusively only for the moment of removal. A file system that cannot lock lets
            // nobody remove the directory either.
            ::flock(inside->parent.get(), LOCK_SH);
            struct stat found{};
            // A request that ended just now may have removed it between opening and locking.
            if (::fstat(inside->parent.get(), &found) == 0 && found.st_nlink > 0) {
                incoming_ = std::move(inside->parent);
                return {};
            }
        }
    }

    run_place run_;
    descriptor incoming_;
};

/// A package: nothing of it appears before all of it does.
class package_destination final : public destination {
  public:
    static result<std::unique_ptr<destination>> open(const agent_context& context,
                                                     const protocol::receive_files& request) {
        auto out = std::make_unique<package_destination>();
        out->package_ = request.package;
        auto packages = open_directory(packages_path(context), true, 0700);
        if (!packages) {
            return packages.error();
        }
        out->packages_ = std::move(*packages);
        const int folder = out->packages_.get();
        if (auto space = check_space(folder, packages_path(context), request.bytes); !space) {
            return space.error();
        }
        sweep_incoming(folder, package_prefix, std::time(nullptr));
        const auto staging = std::string(package_prefix) + incoming_name();
        std::ignore = remove_tree(folder, staging); // of an earlier process with our pid
        out->staging_ = staging;
        auto files = parent_beneath(folder, staging + "/files/file", true);
        auto inside = parent_beneath(folder, staging + "/file", true);
        if (!files || !inside) {
            return files ? inside.error() : files.error();
        }
        out->files_ = std::move(files->parent);
        out->incoming_ = std::move(inside->parent);
        return std::unique_ptr<destination>(std::move(out));
    }
    ~package_destination() override {
        if (packages_ && !staging_.empty()) {
            std::ignore = remove_tree(packages_.get(), staging_); // swept later, if not now
        }
    }
    [[nodiscard]] int root() const override { return files_.get(); }
    [[nodiscard]] int incoming() const override { return incoming_.get(); }
    result<> publish() override {
        if (::renameat(packages_.get(), staging_.c_str(), packages_.get(), package_.c_str()) == 0) {
            staging_.clear();
            return {};
        }
        // Somebody else was first with the same content.
        if (errno == EEXIST || errno == ENOTEMPTY) {
            return {};
        }
        return errno_failure(errno, "put package " + package_ + " in its place");
    }

  private:
    std::string package_;
    std::string staging_; // empty once it is the package
    descriptor packages_;
    descriptor files_;
    descriptor incoming_;
};

} // namespace

result<std::unique_ptr<destination>> open_destination(const agent_context& context,
                                                      const protocol::receive_files& request) {
    return request.package.empty() ? run_destination::open(context, request)
                                   : package_destination::open(context, request);
}

} // namespace outrider::agent
