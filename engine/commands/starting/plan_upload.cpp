#include "engine/commands/starting/plan_upload.hpp"

#include "engine/commands/starting/package_upload.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/project/source_files.hpp"
#include "engine/protocol/children_plan.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/runs/small_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace outrider {
namespace {

/// The file of a plan until it was sent.
class plan_file {
  public:
    static result<plan_file> write(const std::string& text) {
        std::error_code error;
        std::string path = std::filesystem::temp_directory_path(error) / "outrider-plan-XXXXXX";
        const descriptor file(::mkstemp(path.data()));
        if (!file) {
            return errno_failure(errno, "cannot write " + path);
        }
        plan_file out(std::move(path));
        if (auto written = write_new_file(out.path_, text); !written) {
            return written.error();
        }
        return out;
    }
    plan_file(plan_file&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    plan_file& operator=(plan_file&&) = delete;
    plan_file(const plan_file&) = delete;
    plan_file& operator=(const plan_file&) = delete;
    ~plan_file() {
        if (!path_.empty()) {
            ::unlink(path_.c_str());
        }
    }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    explicit plan_file(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

/// A plan as a package: its file stays until it was sent.
struct packed_plan {
    plan_file file;
    source_set files;
};

result<packed_plan> pack(const std::string& text) {
    auto file = plan_file::write(text);
    if (!file) {
        return file.error();
    }
    auto files = read_files(
        {{.path = std::string(protocol::children_file), .absolute = file->path(), .sha1 = {}}});
    if (!files) {
        return files.error();
    }
    return packed_plan{std::move(*file), std::move(*files)};
}

} // namespace

awaitable<result<std::string>> send_plan_text(command_session& session, const target& at,
                                              std::string text) {
    auto packed = co_await run_blocking([text = std::move(text)] { return pack(text); });
    if (!packed) {
        co_return packed.error();
    }
    if (auto there =
            co_await ensure_package(session, at, packed->files.package, packed->files.files);
        !there) {
        co_return there.error();
    }
    co_return packed->files.package;
}

} // namespace outrider
