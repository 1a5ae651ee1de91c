#include "engine/project/unpacked_archive.hpp"

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
constexpr std::string_view endings[] = {".zip", ".tar",  ".tar.gz", ".tgz", ".tar.bz2",
                                        ".tbz", ".tbz2", ".tar.xz", ".txz"};

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

result<> unpack(const fs::path& file, const fs::path& into) {
    const open_archive from(archive_read_new());
    archive_read_support_filter_gzip(from.get());
    archive_read_support_filter_bzip2(from.get());
    archive_read_support_filter_xz(from.get());
    archive_read_support_format_tar(from.get());
    archive_read_support_format_zip(from.get());
    if (archive_read_open_filename(from.get(), file.c_str(), block_size) != ARCHIVE_OK) {
        const char* why = archive_error_string(from.get());
        return failure(errc::bad_input, why == nullptr ? "it cannot be read" : why);
    }
    std::error_code error;
    return unpacking(from.get(), fs::canonical(into, error)).run();
}

} // namespace

bool is_archive_name(std::string_view name) {
    return std::ranges::any_of(
        endings, [&](std::string_view ending) { return boost::iends_with(name, ending); });
}

result<fs::path> unpacked_archive(const fs::path& archive, const std::string& cache) {
    const auto sum = file_sha256(archive);
    if (!sum) {
        return sum.error();
    }
    return filled_once(cache, "archives/" + *sum, [&](const fs::path& into) -> result<> {
        auto done = unpack(archive, into);
        if (!done) {
            return failure(done.error().code, "cannot unpack '" + archive.filename().native() +
                                                  "': " + done.error().context);
        }
        return done;
    });
}

} // namespace outrider
