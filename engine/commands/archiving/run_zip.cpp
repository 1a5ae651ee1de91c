#include "engine/commands/archiving/run_zip.hpp"

#include "engine/commands/archiving/run_secrets.hpp"
#include "engine/commands/archiving/run_tree.hpp"
#include "engine/core/descriptor.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <set>

namespace outrider {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t zip_block = 65536; // bytes

struct end_reading {
    void operator()(archive* of) const { archive_read_free(of); }
};
struct end_writing {
    void operator()(archive* of) const { archive_write_free(of); }
};
struct end_entry {
    void operator()(archive_entry* of) const { archive_entry_free(of); }
};
using zip_reader = std::unique_ptr<archive, end_reading>;
using zip_writer = std::unique_ptr<archive, end_writing>;
using own_entry = std::unique_ptr<archive_entry, end_entry>;

/// The library converts names by the locale of the thread, and drops what the locale C cannot say:
/// while this lives, it can say everything.
class utf8_names {
  public:
    utf8_names() : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
        if (utf8_ != nullptr) {
            before_ = ::uselocale(utf8_);
        }
    }
    utf8_names(const utf8_names&) = delete;
    utf8_names& operator=(const utf8_names&) = delete;
    ~utf8_names() {
        if (utf8_ != nullptr) {
            ::uselocale(before_);
            ::freelocale(utf8_);
        }
    }

  private:
    locale_t utf8_;
    locale_t before_ = nullptr;
};

failure zip_failure(archive* of, const fs::path& zip) {
    const char* why = archive_error_string(of);
    return {errc::bad_input, zip.native() + ": " + (why == nullptr ? "it is damaged" : why)};
}

result<zip_reader> open_zip(const fs::path& zip) {
    zip_reader out(archive_read_new());
    archive_read_support_format_zip(out.get());
    if (archive_read_open_filename(out.get(), zip.c_str(), zip_block) != ARCHIVE_OK) {
        return zip_failure(out.get(), zip);
    }
    return out;
}

std::string name_of(archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    return name == nullptr ? std::string() : name;
}

std::string target_of(archive_entry* entry) {
    const char* target = archive_entry_symlink(entry);
    return target == nullptr ? std::string() : target;
}

// `ID/…`, also where the zip file holds a whole home: `runs/ID/…`.
struct run_member {
    std::string id;
    fs::path below;
};
run_member member_of(const std::string& name) {
    fs::path path(name);
    std::vector<std::string> parts;
    for (const auto& part : path) {
        if (part == "..") {
            return {};
        }
        if (!part.empty() && part != "." && part != "/") {
            parts.push_back(part);
        }
    }
    const auto guild = std::ranges::find(parts, ".guild");
    std::size_t at = 0;
    if (guild != parts.end() && guild != parts.begin()) {
        at = static_cast<std::size_t>(guild - parts.begin()) - 1;
    } else if (const auto runs = std::ranges::find(parts, "runs"); runs != parts.end()) {
        at = static_cast<std::size_t>(runs - parts.begin()) + 1;
    }
    if (at >= parts.size()) {
        return {};
    }
    run_member out{.id = parts[at]};
    for (std::size_t i = at + 1; i < parts.size(); ++i) {
        out.below /= parts[i];
    }
    return out;
}

/// Writes a zip file.
class zip_making {
  public:
    explicit zip_making(fs::path zip) : zip_(std::move(zip)), to_(archive_write_new()) {}

    result<> open() {
        archive_write_set_format_zip(to_.get());
        archive_write_set_options(to_.get(), "compression=deflate,hdrcharset=UTF-8");
        return archive_write_open_filename(to_.get(), zip_.c_str()) == ARCHIVE_OK ? result<>()
                                                                                  : failed();
    }

    // What another zip file holds.
    result<> add_all(const fs::path& old) {
        auto from = open_zip(old);
        if (!from) {
            return from.error();
        }
        archive_entry* entry = nullptr;
        for (;;) {
            const int status = archive_read_next_header(from->get(), &entry);
            if (status == ARCHIVE_EOF) {
                return {};
            }
            if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
                return zip_failure(from->get(), old);
            }
            // Made anew: an entry that was read has its name in the form that it was read in.
            const struct stat facts = *archive_entry_stat(entry);
            const auto copy = entry_of(name_of(entry), facts);
            if (const std::string target = target_of(entry); !target.empty()) {
                archive_entry_set_symlink_utf8(copy.get(), target.c_str());
                archive_entry_set_size(copy.get(), 0);
            }
            if (archive_write_header(to_.get(), copy.get()) < ARCHIVE_WARN) {
                return failed();
            }
            std::array<char, zip_block> block{};
            la_ssize_t got = 0;
            while ((got = archive_read_data(from->get(), block.data(), block.size())) > 0) {
                if (archive_write_data(to_.get(), block.data(), static_cast<std::size_t>(got)) <
                    0) {
                    return failed();
                }
            }
            if (got < 0) {
                return zip_failure(from->get(), old);
            }
        }
    }

    result<> add(const fs::path& from, const std::string& name) {
        struct stat facts{};
        if (::lstat(from.c_str(), &facts) != 0) {
            return errno_failure(errno, from.native());
        }
        if (S_ISLNK(facts.st_mode)) {
            struct stat target{};
            if (::stat(from.c_str(), &target) != 0 || !S_ISREG(target.st_mode)) {
                return add_link(from, name, facts);
            }
            facts = target;
        }
        if (S_ISDIR(facts.st_mode)) {
            return add_directory(from, name, facts);
        }
        return S_ISREG(facts.st_mode) ? add_file(from, name, facts) : result<>();
    }

    result<> close() {
        return archive_write_close(to_.get()) == ARCHIVE_OK ? result<>() : failed();
    }

  private:
    failure failed() {
        const char* why = archive_error_string(to_.get());
        return {errc::io_failed,
                "cannot write " + zip_.native() + ": " + (why == nullptr ? "" : why)};
    }

    own_entry entry_of(const std::string& name, const struct stat& facts) {
        own_entry out(archive_entry_new());
        archive_entry_set_pathname_utf8(out.get(), name.c_str());
        archive_entry_copy_stat(out.get(), &facts);
        return out;
    }

    result<> add_link(const fs::path& from, const std::string& name, const struct stat& facts) {
        std::error_code error;
        const auto target = fs::read_symlink(from, error);
        const auto entry = entry_of(name, facts);
        archive_entry_set_symlink_utf8(entry.get(), target.c_str());
        archive_entry_set_size(entry.get(), 0);
        return archive_write_header(to_.get(), entry.get()) < ARCHIVE_WARN ? failed() : result<>();
    }

    result<> add_directory(const fs::path& from, const std::string& name,
                           const struct stat& facts) {
        const auto entry = entry_of(name + "/", facts);
        archive_entry_set_size(entry.get(), 0);
        if (archive_write_header(to_.get(), entry.get()) < ARCHIVE_WARN) {
            return failed();
        }
        std::set<std::string> names;
        std::error_code error;
        for (const auto& each : fs::directory_iterator(from, error)) {
            names.insert(each.path().filename());
        }
        for (const auto& each : names) {
            const std::string inner = name + "/" + each;
            const auto below = inner.find('/') + 1; // behind the run's id
            if (inner.ends_with("/.guild/LOCK") ||
                is_secret_file(from / each, std::string_view(inner).substr(below))) {
                continue; // of this place alone
            }
            if (auto added = add(from / each, inner); !added) {
                return added;
            }
        }
        return error ? result<>(errno_failure(error.value(), from.native())) : result<>();
    }

    result<> add_file(const fs::path& from, const std::string& name, const struct stat& facts) {
        const descriptor in(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (!in) {
            return errno_failure(errno, "cannot read " + from.native());
        }
        const auto entry = entry_of(name, facts);
        if (archive_write_header(to_.get(), entry.get()) < ARCHIVE_WARN) {
            return failed();
        }
        // A file that grows is as long as it was.
        std::array<char, zip_block> block{};
        for (auto left = facts.st_size; left > 0;) {
            const auto wanted = std::min<std::size_t>(block.size(), static_cast<std::size_t>(left));
            const auto got = ::read(in.get(), block.data(), wanted);
            if (got <= 0) {
                return got == 0 ? result<>()
                                : result<>(errno_failure(errno, "cannot read " + from.native()));
            }
            if (archive_write_data(to_.get(), block.data(), static_cast<std::size_t>(got)) < 0) {
                return failed();
            }
            left -= got;
        }
        return {};
    }

    fs::path zip_;
    zip_writer to_;
};

/// Unpacks one run; links are made last.
class zip_taking {
  public:
    explicit zip_taking(fs::path to) : to_(std::move(to)) {}

    result<> add(archive* from, archive_entry* entry, const fs::path& below) {
        const fs::path place = to_ / below;
        std::error_code error;
        switch (archive_entry_filetype(entry)) {
        case AE_IFDIR:
            fs::create_directories(place, error);
            break;
        case AE_IFLNK: {
            const char* target = archive_entry_symlink(entry);
            target = target != nullptr ? target : archive_entry_symlink_utf8(entry);
            if (*below.begin() != ".guild" && target != nullptr) {
                links_[place] = target;
            }
            return {};
        }
        case AE_IFREG:
            fs::create_directories(place.parent_path(), error);
            return error ? errno_failure(error.value(), place.native()) : write(from, entry, place);
        default:
            return {};
        }
        return error ? result<>(errno_failure(error.value(), place.native())) : result<>();
    }

    result<> finish() {
        for (const auto& [place, target] : links_) {
            std::error_code error;
            fs::create_directories(place.parent_path(), error);
            if (!error) {
                fs::create_symlink(target, place, error);
            }
            if (error) {
                return errno_failure(error.value(), place.native());
            }
        }
        return {};
    }

  private:
    static result<> write(archive* from, archive_entry* entry, const fs::path& place) {
        const mode_t mode = archive_entry_perm(entry) & 0777U;
        const descriptor out(::open(place.c_str(),
                                    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                                    mode == 0 ? 0666 : mode | 0600U));
        if (!out) {
            return errno_failure(errno, "cannot write " + place.native());
        }
        if (archive_read_data_into_fd(from, out.get()) != ARCHIVE_OK) {
            return zip_failure(from, place);
        }
        const timespec time{.tv_sec = archive_entry_mtime(entry), .tv_nsec = 0};
        const timespec times[] = {time, time};
        std::ignore = ::futimens(out.get(), times); // only a time
        return {};
    }

    fs::path to_;
    std::map<fs::path, std::string> links_;
};

} // namespace

result<std::vector<std::string>> runs_in_zip(const fs::path& zip) {
    const utf8_names names;
    std::error_code error;
    std::set<std::string> ids;
    if (!fs::exists(zip, error)) {
        return std::vector<std::string>();
    }
    auto from = open_zip(zip);
    if (!from) {
        return from.error();
    }
    archive_entry* entry = nullptr;
    int status = 0;
    while ((status = archive_read_next_header(from->get(), &entry)) == ARCHIVE_OK ||
           status == ARCHIVE_WARN) {
        const auto member = member_of(name_of(entry));
        if (member.below == ".guild/opref") {
            ids.insert(member.id);
        }
    }
    if (status != ARCHIVE_EOF) {
        return zip_failure(from->get(), zip);
    }
    return std::vector<std::string>(ids.begin(), ids.end());
}

result<> add_to_zip(const fs::path& zip, const std::vector<fs::path>& runs) {
    const utf8_names names;
    const fs::path beside = zip.parent_path() / ("." + zip.filename().native() + ".part");
    std::error_code error;
    zip_making making(beside);
    auto done = making.open();
    if (done && fs::exists(zip, error)) {
        done = making.add_all(zip);
    }
    for (const auto& run : runs) {
        if (done) {
            done = making.add(run, run.filename());
        }
    }
    if (done) {
        done = making.close();
    }
    if (done) {
        fs::rename(beside, zip, error);
        return error ? result<>(errno_failure(error.value(), zip.native())) : result<>();
    }
    fs::remove(beside, error);
    return done;
}

result<> take_from_zip(const fs::path& zip, const std::string& id, const fs::path& to) {
    const utf8_names names;
    const fs::path beside = to.parent_path() / ("." + id + ".part");
    std::error_code error;
    fs::remove_all(beside, error);
    auto from = open_zip(zip);
    if (!from) {
        return from.error();
    }
    fs::create_directories(beside, error);
    zip_taking taking(beside);
    result<> done;
    archive_entry* entry = nullptr;
    int status = 0;
    while (done && ((status = archive_read_next_header(from->get(), &entry)) == ARCHIVE_OK ||
                    status == ARCHIVE_WARN)) {
        const auto member = member_of(name_of(entry));
        if (member.id == id && !member.below.empty()) {
            done = taking.add(from->get(), entry, member.below);
        }
    }
    if (done && status != ARCHIVE_EOF) {
        done = zip_failure(from->get(), zip);
    }
    if (done) {
        done = taking.finish();
    }
    if (done) {
        fs::rename(beside, to, error);
        return error ? result<>(errno_failure(error.value(), to.native())) : result<>();
    }
    fs::remove_all(beside, error);
    return done;
}

} // namespace outrider
