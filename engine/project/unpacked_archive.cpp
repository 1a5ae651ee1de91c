#include "engine/project/unpacked_archive.hpp"

#include "engine/project/digest.hpp"
#include "engine/project/resource_cache.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace outrider {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t most_unpacked_bytes = std::int64_t{16} << 30; // unpacked, in all
constexpr std::size_t most_entries = 1'000'000;
constexpr std::size_t block_size = 65536; // bytes
struct ending {
    std::string_view text;
    std::string_view type;
};
constexpr ending endings[] = {{".zip", "zip"},  {".tar", "tar"}, {".tgz", "tar"}, {".tbz", "tar"},
                              {".tbz2", "tar"}, {".txz", "tar"}, {".gz", "gz"}};

struct close_archive {
    void operator()(archive* of) const { archive_read_free(of); }
};
using open_archive = std::unique_ptr<archive, close_archive>;

// An entry's path below the directory: empty for the directory itself.
result<fs::path> contained(const char* name) {
    const fs::path path = name == nullptr ? "" : name;
    const bool leads_up = std::ranges::any_of(path, [](const auto& part) { return part == ".."; });
    if (name == nullptr || path.empty() || path.is_absolute() || leads_up) {
        return failure(errc::bad_input, "the entry '" + path.native() + "' leads out of it");
    }
    fs::path out;
    for (const auto& part : path) {
        if (!part.empty() && part != ".") {
            out /= part;
        }
    }
    return out;
}

/// Writes the entries below a directory. Symbolic links are made last, so that nothing is ever
/// written through one.
class unpacking {
  public:
    unpacking(archive* from, fs::path directory) : from_(from), directory_(std::move(directory)) {}

    result<> run() {
        archive_entry* entry = nullptr;
        int status = 0;
        while ((status = archive_read_next_header(from_, &entry)) == ARCHIVE_OK ||
               status == ARCHIVE_WARN) {
            if (++entries_ > most_entries) {
                return failure(errc::bad_input, "it has more than a million entries");
            }
            if (auto added = add(entry); !added) {
                return added;
            }
        }
        if (status != ARCHIVE_EOF) {
            return broken();
        }
        for (const auto& one : links_) {
            if (auto made = make_link(one); !made) {
                return made;
            }
        }
        return check_links();
    }

  private:
    struct link {
        fs::path place; // below the directory
        fs::path target;
    };

    failure broken() const {
        const char* why = archive_error_string(from_);
        return {errc::bad_input, why == nullptr ? "it is damaged" : why};
    }

    result<> add(archive_entry* entry) {
        // In the locale C the first is null for names beyond ASCII of a zip file.
        const char* name = archive_entry_pathname(entry);
        const auto path = contained(name != nullptr ? name : archive_entry_pathname_utf8(entry));
        if (!path) {
            return path.error();
        }
        if (path->empty()) {
            return {};
        }
        const fs::path place = directory_ / *path;
        std::error_code error;
        fs::create_directories(place.parent_path(), error);
        if (const char* same = archive_entry_hardlink(entry)) {
            const auto target = contained(same);
            if (!target) {
                return target.error();
            }
            fs::create_hard_link(directory_ / *target, place, error);
        } else if (archive_entry_filetype(entry) == AE_IFDIR) {
            fs::create_directories(place, error);
        } else if (archive_entry_filetype(entry) == AE_IFLNK) {
            const char* target = archive_entry_symlink(entry);
            links_.push_back({.place = *path, .target = target == nullptr ? "" : target});
        } else if (archive_entry_filetype(entry) == AE_IFREG) {
            return write(place, archive_entry_perm(entry));
        } else {
            return failure(errc::bad_input, "the entry '" + path->native() + "' is a device");
        }
        if (error) {
            return failure(errc::io_failed, place.native() + ": " + error.message());
        }
        return {};
    }

    result<> write(const fs::path& place, mode_t mode) {
        std::error_code error;
        fs::remove(place, error); // as tar does: the last entry of a name is the one
        const int file = ::open(place.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                                (mode & 0777U) | 0600U);
        if (file < 0) {
            return errno_failure(errno, "cannot write " + place.native());
        }
        auto written = copy_data(file);
        if (::close(file) != 0 && written) {
            written = errno_failure(errno, "cannot write " + place.native());
        }
        return written;
    }

    result<> copy_data(int file) {
        std::vector<char> block(block_size);
        la_ssize_t got = 0;
        while ((got = archive_read_data(from_, block.data(), block.size())) > 0) {
            total_ += got;
            if (total_ > most_unpacked_bytes) {
                return failure(errc::bad_input, "it holds more than 16 GiB");
            }
            for (la_ssize_t done = 0; done < got;) {
                const auto put =
                    ::write(file, block.data() + done, static_cast<std::size_t>(got - done));
                if (put < 0) {
                    return errno_failure(errno, "cannot write");
                }
                done += put;
            }
        }
        return got == 0 ? result<>() : broken();
    }

    bool is_inside(const fs::path& canonical) const {
        return canonical == directory_ || canonical.native().starts_with(directory_.native() + "/");
    }

    result<> make_link(const link& one) const {
        const fs::path place = directory_ / one.place;
        std::error_code error;
        // A link on the way could lead out.
        if (fs::weakly_canonical(place.parent_path(), error) != place.parent_path() || error) {
            return failure(errc::bad_input,
                           "the entry '" + one.place.native() + "' leads through a link");
        }
        fs::create_symlink(one.target, place, error);
        if (error) {
            return failure(errc::io_failed, place.native() + ": " + error.message());
        }
        return {};
    }

    // Only when all are there it shows where they lead.
    result<> check_links() const {
        for (const auto& one : links_) {
            std::error_code error;
            const auto place = directory_ / one.place;
            const auto leads_to = fs::weakly_canonical(place, error);
            // The first stops at a link to nothing, the second does not know of links on the way.
            const auto reads_as = (place.parent_path() / one.target / ".").lexically_normal();
            if (error || one.target.is_absolute() || !is_inside(leads_to) ||
                !is_inside(reads_as.parent_path())) {
                return failure(errc::bad_input,
                               "the link '" + one.place.native() + "' leads out of it");
            }
        }
        return {};
    }

    archive* from_;
    fs::path directory_; // canonical
    std::vector<link> links_;
    std::size_t entries_ = 0;
    std::int64_t total_ = 0;
};

// The one file that is in a `.gz`, by the name without that.
result<> unpack_single(archive* from, const fs::path& file, const fs::path& into) {
    archive_entry* entry = nullptr;
    if (archive_read_next_header(from, &entry) != ARCHIVE_OK) {
        const char* why = archive_error_string(from);
        return failure(errc::bad_input, why == nullptr ? "it is damaged" : why);
    }
    const auto name = file.extension() == ".gz" ? file.stem() : file.filename();
    const int out = ::open((into / name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (out < 0) {
        return errno_failure(errno, "cannot write " + name.native());
    }
    const int status = archive_read_data_into_fd(from, out);
    if (::close(out) != 0 || status != ARCHIVE_OK) {
        const char* why = archive_error_string(from);
        return failure(errc::bad_input, why == nullptr ? "it is damaged" : why);
    }
    return {};
}

result<> unpack(const fs::path& file, const std::string& type, const fs::path& into) {
    const open_archive from(archive_read_new());
    archive_read_support_filter_all(from.get());
    if (type == "gz") {
        archive_read_support_format_raw(from.get());
    } else if (type == "zip") {
        archive_read_support_format_zip(from.get());
    } else {
        archive_read_support_format_tar(from.get());
    }
    if (archive_read_open_filename(from.get(), file.c_str(), block_size) != ARCHIVE_OK) {
        const char* why = archive_error_string(from.get());
        return failure(errc::bad_input, why == nullptr ? "it cannot be read" : why);
    }
    if (type == "gz") {
        return unpack_single(from.get(), file, into);
    }
    std::error_code error;
    return unpacking(from.get(), fs::canonical(into, error)).run();
}

} // namespace

std::string archive_type(std::string_view name) {
    for (const auto& [text, type] : endings) {
        if (boost::iends_with(name, text)) {
            const auto before = name.substr(0, name.size() - text.size());
            return type == "gz" && boost::iends_with(before, ".tar") ? "tar" : std::string(type);
        }
    }
    // .tar.bz2, .tar.xz, .tar.zst and the like
    const auto dot = name.rfind('.');
    return dot != name.npos && boost::iends_with(name.substr(0, dot), ".tar") ? "tar" : "";
}

result<unpacked_files> unpacked_archive(const fs::path& archive, const std::string& type,
                                        const std::string& cache) {
    if (type != "zip" && type != "tar" && type != "gz") {
        return failure(errc::unsupported, "unsupported archive type '" + type + "'");
    }
    const auto sum = file_sha256(archive);
    if (!sum) {
        return sum.error();
    }
    // By its place, too: a single file is called after its archive, and who unpacks another one
    // expects to hear of it.
    const std::string key =
        "archives/" + hex_digest(digest_kind::sha256, *sum + type + archive.native());
    std::error_code error;
    const bool fresh = !fs::is_directory(fs::path(cache) / key, error);
    auto directory = filled_once(cache, key, [&](const fs::path& into) -> result<> {
        auto done = unpack(archive, type, into);
        if (!done) {
            return failure(done.error().code, "cannot unpack '" + archive.filename().native() +
                                                  "': " + done.error().context);
        }
        return done;
    });
    if (!directory) {
        return directory.error();
    }
    return unpacked_files{.directory = std::move(*directory), .fresh = fresh};
}

} // namespace outrider
