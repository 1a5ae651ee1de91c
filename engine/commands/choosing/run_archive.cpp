#include "engine/commands/choosing/run_archive.hpp"

#include "engine/core/result.hpp"
#include "engine/runs/small_file.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace outrider {
namespace {

namespace fs = std::filesystem;

/// Bytes of all files together; ten thousand runs have a fifth of it.
constexpr std::size_t most_bytes = std::size_t{256} << 20;

struct reader_end {
    void operator()(archive* reader) const { archive_read_free(reader); }
};
using archive_reader = std::unique_ptr<archive, reader_end>;

// Whether a listing needs the file, and its path leads to a place within.
bool is_wanted(const fs::path& path) {
    if (path.is_absolute() || path.empty()) {
        return false;
    }
    if (std::ranges::any_of(path, [](const fs::path& part) { return part == ".."; })) {
        return false;
    }
    const auto guild = std::ranges::find(path, fs::path(".guild"));
    if (guild == path.end() || std::next(guild) == path.end()) {
        return false;
    }
    static constexpr std::array<std::string_view, 4> large{"output", "output.index", "job-packages",
                                                           "sourcecode"};
    return std::ranges::find(large, std::next(guild)->native()) == large.end();
}

class unpacking {
  public:
    unpacking(std::string name, fs::path directory)
        : name_(std::move(name)), directory_(std::move(directory)), reader_(archive_read_new()) {}

    result<> run() {
        archive_read_support_format_zip(reader_.get());
        archive_read_support_format_tar(reader_.get());
        archive_read_support_filter_all(reader_.get());
        constexpr std::size_t block = 64 << 10;
        if (archive_read_open_filename(reader_.get(), name_.c_str(), block) != ARCHIVE_OK) {
            return damaged();
        }
        archive_entry* entry = nullptr;
        for (;;) {
            const int got = archive_read_next_header(reader_.get(), &entry);
            if (got == ARCHIVE_EOF) {
                return {};
            }
            if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
                return damaged();
            }
            if (auto taken = take(entry); !taken) {
                return taken;
            }
        }
    }

  private:
    failure damaged() const {
        const char* why = archive_error_string(reader_.get());
        return {errc::bad_input, "cannot read archive '" + name_ +
                                     "': " + (why == nullptr ? "it is damaged" : why) +
                                     "\nAn archive is a directory of runs, or a zip file of one."};
    }

    result<> take(archive_entry* entry) {
        // In the locale C the first is null for names beyond ASCII of a zip file.
        const char* path = archive_entry_pathname(entry);
        path = path != nullptr ? path : archive_entry_pathname_utf8(entry);
        if (path == nullptr || archive_entry_filetype(entry) != AE_IFREG || !is_wanted(path)) {
            return {};
        }
        auto bytes = content();
        if (!bytes) {
            return bytes.error();
        }
        const fs::path to = directory_ / path;
        if (auto made = make_directories(to.parent_path()); !made) {
            return made;
        }
        return write_new_file(to, *bytes);
    }

    result<std::string> content() {
        std::string out;
        std::array<char, std::size_t{16} << 10> chunk{};
        for (;;) {
            const auto got = archive_read_data(reader_.get(), chunk.data(), chunk.size());
            if (got < 0) {
                return damaged();
            }
            if (got == 0) {
                return out;
            }
            bytes_ += static_cast<std::size_t>(got);
            if (bytes_ > most_bytes) {
                return failure(errc::bad_input, "archive '" + name_ +
                                                    "' is too large to list: unpack it first and "
                                                    "name the directory");
            }
            out.append(chunk.data(), static_cast<std::size_t>(got));
        }
    }

    std::string name_;
    fs::path directory_;
    archive_reader reader_;
    std::size_t bytes_ = 0; // written so far
};

/// Unpacks what a listing reads of the runs in a zip file (or another archive that libarchive
/// knows): the files in `.guild` directories, without outputs and packages. Nothing is written
/// outside of `directory`, which exists; links are left out. Fails with `bad_input` for a file
/// that is no archive or damaged, and for one that holds more than 256 MiB of such files.
result<> unpack_runs(const std::string& archive, const fs::path& directory) {
    return unpacking(archive, directory).run();
}

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
