#include "engine/project/source_files.hpp"

#include "engine/core/descriptor.hpp"
#include "engine/project/digest.hpp"
#include "engine/runs/manifest.hpp"
#include "engine/text/path_text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace outrider {
namespace {

std::string joined(const std::string& directory, const std::string& path) {
    const std::string below =
        std::filesystem::path(directory.empty() ? "." : directory).lexically_normal().string();
    return below == "." || below == "./" ? path : below + (below.ends_with('/') ? "" : "/") + path;
}

/// Feeds the three hashes while it reads; the order of files is the order of the digests.
class source_reader {
  public:
    explicit source_reader(std::int64_t most_bytes) : most_bytes_(most_bytes) {}

    result<> read(source_file& file) {
        const descriptor in(::open(file.absolute.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        struct stat facts{};
        if (!in || ::fstat(in.get(), &facts) != 0) {
            return errno_failure(errno, "cannot read source file " + file.absolute);
        }
        file.mode = facts.st_mode & 0777U;
        digest sha1(digest_kind::sha1);
        digest sha256(digest_kind::sha256);
        const std::string_view zero("\0", 1);
        digest_.add(file.path);
        digest_.add(zero);
        std::array<char, 65536> buffer{};
        ssize_t got = 0;
        while ((got = ::read(in.get(), buffer.data(), buffer.size())) > 0) {
            const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
            sha1.add(bytes);
            sha256.add(bytes);
            digest_.add(bytes);
            file.size += got;
            total_ += got;
            if (total_ > most_bytes_) {
                return failure(errc::bad_input, "more than 4 GiB of source code (at " +
                                                    file.absolute +
                                                    "): choose with 'sourcecode' in guild.yml");
            }
        }
        if (got < 0) {
            return errno_failure(errno, "cannot read source file " + file.absolute);
        }
        digest_.add(zero);
        file.sha1 = sha1.hex();
        package_.add(file.path);
        package_.add(zero);
        package_.add(std::to_string(file.mode));
        package_.add(zero);
        package_.add(sha256.hex());
        return {};
    }

    std::string digest_hex() { return digest_.hex(); }
    std::string package_hex() { return package_.hex(); }

  private:
    digest digest_{digest_kind::md5};
    digest package_{digest_kind::sha256};
    std::int64_t most_bytes_;
    std::int64_t total_ = 0;
};

} // namespace

result<source_set> read_files(std::vector<source_file> files, std::int64_t most_bytes) {
    source_set out{.files = std::move(files)};
    std::ranges::sort(out.files, {}, &source_file::path);
    source_reader reader(most_bytes);
    for (auto& file : out.files) {
        if (auto read = reader.read(file); !read) {
            return read.error();
        }
    }
    if (!out.files.empty()) {
        out.digest = reader.digest_hex();
    }
    out.package = reader.package_hex();
    return out;
}

result<source_set> read_sources(const std::vector<std::string>& paths, const source_roots& places) {
    std::vector<source_file> files;
    for (const auto& path : paths) {
        files.push_back({.path = joined(places.dest, path),
                         .absolute = absolute_path(joined(places.root, path), places.project, "")});
    }
    auto out = read_files(std::move(files));
    if (!out) {
        return out;
    }
    for (const auto& file : out->files) {
        const std::string in_project =
            std::filesystem::path(file.absolute).lexically_relative(places.project).string();
        out->manifest += manifest_line({"s", file.path, file.sha1, in_project});
    }
    return out;
}

} // namespace outrider
