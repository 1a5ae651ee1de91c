#include "engine/agent/receive/destination.hpp"

#include "engine/agent/files/run_directory.hpp"
#include "engine/agent/files/tree_removal.hpp"
#include "engine/agent/receive/incoming_names.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <ctime>

namespace outrider::agent {
namespace {

constexpr std::string_view package_prefix = ".incoming-";

/// A package: nothing of it appears before all of it does.
class package_destination final : public destination {
  public:
    static result<std::unique_ptr<destination>> open(const agent_context& context,
                                                     const std::string& package) {
        auto out = std::make_unique<package_destination>();
        out->package_ = package;
        auto packages = open_directory(packages_path(context), true, 0700);
        if (!packages) {
            return packages.error();
        }
        out->packages_ = std::move(*packages);
        const int folder = out->packages_.get();
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

result<std::unique_ptr<destination>> open_package(const agent_context& context,
                                                  const std::string& package) {
    return package_destination::open(context, package);
}

} // namespace outrider::agent
