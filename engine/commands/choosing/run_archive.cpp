#include "engine/commands/choosing/run_archive.hpp"

#include "engine/commands/choosing/unpack_runs.hpp"

#include <cerrno>
#include <cstdlib>

namespace outrider {
namespace {

namespace fs = std::filesystem;

bool holds_runs(const fs::path& directory) {
    std::error_code ignored; // what cannot be read holds nothing that can be listed
    return fs::is_directory(directory / "runs", ignored);
}

// The directory that a zip file was made of often stands in it.
fs::path home_in(const fs::path& unpacked) {
    fs::path found = unpacked;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(unpacked, ignored)) {
        if (holds_runs(entry.path())) {
            found = entry.path();
        }
    }
    return holds_runs(unpacked) ? unpacked : found;
}

} // namespace

void run_archive::removal::operator()(const fs::path* directory) const {
    std::error_code ignored; // what is left in the temporary directory harms nobody
    fs::remove_all(*directory, ignored);
    delete directory;
}

result<run_archive::temporary> run_archive::make_temporary() {
    std::error_code error;
    std::string made = (fs::temp_directory_path(error) / "outrider-archive.XXXXXX").native();
    if (error) {
        return failure(errc::io_failed, "there is no directory for temporary files: TMPDIR");
    }
    if (::mkdtemp(made.data()) == nullptr) {
        return errno_failure(errno, "cannot make a temporary directory " + made);
    }
    return temporary(new fs::path(made));
}

result<run_archive> run_archive::open(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error)) {
        return failure(errc::not_found, "archive '" + path + "' does not exist");
    }
    if (holds_runs(path)) {
        return run_archive(path, nullptr);
    }
    auto made = make_temporary();
    if (!made) {
        return made.error();
    }
    fs::path runs = path;
    if (!fs::is_directory(path, error)) {
        runs = **made / "unpacked";
        fs::create_directory(runs, error);
        if (auto unpacked = unpack_runs(path, runs); !unpacked) {
            return unpacked.error();
        }
        runs = home_in(runs);
        if (holds_runs(runs)) {
            return run_archive(runs.native(), std::move(*made));
        }
    }
    fs::create_directory_symlink(runs, **made / "runs", error);
    if (error) {
        return failure(errc::io_failed, (**made).native() + ": " + error.message());
    }
    std::string home = (**made).native();
    return run_archive(std::move(home), std::move(*made));
}

} // namespace outrider
