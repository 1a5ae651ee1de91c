#include "engine/commands/choosing/unpack_runs.hpp"

#include "engine/runs/small_file.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <memory>
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

} // namespace

result<> unpack_runs(const std::string& archive, const fs::path& directory) {
    return unpacking(archive, directory).run();
}

} // namespace outrider
