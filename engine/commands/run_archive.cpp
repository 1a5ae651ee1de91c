#include "engine/commands/run_archive.hpp"

#include <cstdlib>

namespace outrider {

namespace fs = std::filesystem;

void run_archive::removal::operator()(const fs::path* directory) const {
    std::error_code ignored; // a link in the temporary directory harms nobody
    fs::remove(*directory / "runs", ignored);
    fs::remove(*directory, ignored);
    delete directory;
}

result<run_archive> run_archive::open(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error)) {
        return failure(errc::not_found, "archive '" + path + "' does not exist");
    }
    if (!fs::is_directory(path, error)) {
        return failure(errc::unsupported, "archive '" + path +
                                              "' is not a directory: unpack it first and name the "
                                              "directory");
    }
    if (fs::is_directory(path + "/runs", error)) {
        return run_archive(path);
    }
    std::string made = (fs::temp_directory_path(error) / "outrider-archive.XXXXXX").native();
    if (error || ::mkdtemp(made.data()) == nullptr) {
        return failure(errc::io_failed, "cannot make a temporary directory for " + path);
    }
    run_archive out(made);
    out.made_.reset(new fs::path(made));
    fs::create_directory_symlink(path, made + "/runs", error);
    if (error) {
        return failure(errc::io_failed, made + ": " + error.message());
    }
    return out;
}

} // namespace outrider
