#include "engine/project/resource_cache.hpp"

#include "engine/project/digest.hpp"

#include <boost/algorithm/string/case_conv.hpp>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>

namespace outrider {
namespace {

namespace fs = std::filesystem;

/// Removes a directory at the end of a scope; one that was renamed is not there any more.
struct removed_at_end {
    fs::path directory;
    explicit removed_at_end(fs::path path) : directory(std::move(path)) {}
    removed_at_end(const removed_at_end&) = delete;
    removed_at_end& operator=(const removed_at_end&) = delete;
    ~removed_at_end() {
        std::error_code ignored;
        fs::remove_all(directory, ignored);
    }
};

} // namespace

std::string resource_cache(const std::map<std::string, std::string>& environment) {
    const auto value = [&](const char* name) {
        const auto found = environment.find(name);
        return found != environment.end() && found->second.starts_with('/') ? found->second : "";
    };
    const std::string xdg = value("XDG_CACHE_HOME");
    const std::string home = value("HOME");
    if (!xdg.empty()) {
        return xdg + "/outrider/resources";
    }
    return home.empty() ? "" : home + "/.cache/outrider/resources";
}

result<fs::path> filled_once(const std::string& cache, const std::string& key,
                             const std::function<result<>(const fs::path&)>& fill) {
    if (cache.empty()) {
        return failure(errc::not_found,
                       "no cache directory: set HOME or XDG_CACHE_HOME to an absolute path");
    }
    const fs::path place = fs::path(cache) / key;
    std::error_code error;
    if (fs::is_directory(place, error)) {
        return place;
    }
    fs::create_directories(place.parent_path(), error);
    std::string name = place.native() + ".XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
        return errno_failure(errno, "cannot make a directory in the cache, " + name);
    }
    const removed_at_end filling{name};
    if (auto filled = fill(filling.directory); !filled) {
        return filled.error();
    }
    fs::rename(filling.directory, place, error);
    if (error && !fs::is_directory(place)) {
        return failure(errc::io_failed, place.native() + ": " + error.message());
    }
    return place;
}

result<std::string> file_sha256(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    digest sum(digest_kind::sha256);
    std::array<char, 65536> buffer{};
    while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
        sum.add({buffer.data(), static_cast<std::size_t>(in.gcount())});
    }
    if (in.bad() || !in.eof()) {
        return failure(errc::io_failed, "cannot read " + file.native());
    }
    return sum.hex();
}

result<> check_sha256(const fs::path& file, std::string expected) {
    std::error_code error;
    if (fs::is_directory(file, error)) {
        return failure(errc::bad_input,
                       "'" + file.native() + "' is a directory: its sha256 cannot be verified");
    }
    boost::to_lower(expected);
    const auto actual = file_sha256(file);
    if (!actual) {
        return actual.error();
    }
    if (*actual != expected) {
        return failure(errc::bad_input, "'" + file.native() +
                                            "' has an unexpected sha256 (expected " + expected +
                                            " but got " + *actual + ")");
    }
    return {};
}

} // namespace outrider
