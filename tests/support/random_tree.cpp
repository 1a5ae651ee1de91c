#include "tests/support/random_tree.hpp"

#include "tests/support/temporary_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <filesystem>
#include <stdexcept>

namespace outrider::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t block = std::int64_t{128} << 10;
constexpr std::int64_t large = std::int64_t{1} << 20;

struct ::stat state_of(const std::string& path) {
    struct ::stat found{};
    ::lstat(path.c_str(), &found);
    return found;
}

/// Whether nothing is at a path at which something can be made. The path leaves room for one as
/// long that the copy is at, in a directory of another name.
bool can_be_made(const std::string& path) {
    constexpr std::size_t room_for_the_copy = 512;
    const auto name_size = path.size() - (path.rfind('/') + 1);
    return name_size <= NAME_MAX && path.size() + room_for_the_copy < PATH_MAX &&
           !fs::exists(fs::symlink_status(path));
}

std::int64_t mtime_of(const struct ::stat& state) {
    return state.st_mtim.tv_sec * 1'000'000'000 + state.st_mtim.tv_nsec;
}

void write_at(const std::string& path, const std::string& bytes, std::int64_t at, int flags = 0) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | flags, 0644);
    if (file < 0 ||
        ::pwrite(file, bytes.data(), bytes.size(), at) != static_cast<ssize_t>(bytes.size())) {
        throw std::runtime_error("cannot write " + path);
    }
    ::close(file);
}

/// Lets its owner write to a path and its directory; the modes are as before at its end.
class made_writable {
  public:
    explicit made_writable(const std::string& path)
        : places_{{{path, 0}, {fs::path(path).parent_path(), 0}}} {
        for (auto& [each, mode] : places_) {
            const auto state = state_of(each);
            if (S_ISREG(state.st_mode) || S_ISDIR(state.st_mode)) {
                mode = state.st_mode;
                ::chmod(each.c_str(), (mode & 07777U) | S_IRWXU);
            }
        }
    }
    made_writable(const made_writable&) = delete;
    made_writable& operator=(const made_writable&) = delete;
    ~made_writable() {
        for (const auto& [each, mode] : places_) {
            // What has taken the place of something else has a mode of its own.
            if (mode != 0 && (state_of(each).st_mode & S_IFMT) == (mode & S_IFMT)) {
                ::chmod(each.c_str(), mode & 07777U);
            }
        }
    }

  private:
    std::array<std::pair<std::string, mode_t>, 2> places_;
};

void remove_tree(const std::string& path) {
    if (fs::is_symlink(path)) {
        fs::remove(path); // what it leads to stays
        return;
    }
    std::error_code no_directory;
    for (const auto& entry : fs::recursive_directory_iterator(path, no_directory)) {
        // A link is not followed, not even to ask: it may lead to itself.
        if (!entry.is_symlink() && entry.is_directory()) {
            ::chmod(entry.path().c_str(), 0755);
        }
    }
    fs::remove_all(path);
}

// The user's entries of a run, as they can be changed.
std::vector<std::string> entries_of(const std::string& root) {
    std::vector<std::string> found;
    for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator();
         ++at) {
        if (at.depth() == 0 && at->path().filename() == ".guild") {
            at.disable_recursion_pending();
        } else {
            found.push_back(at->path());
        }
    }
    std::ranges::sort(found);
    return found;
}

} // namespace

std::string random_tree::name() {
    // Names of which some begin with others show whether paths are ordered as they are compared.
    static constexpr std::array known{"a",   "a.b", "a-b", "a b",  "ab",
                                      "-rf", "*",   "\n",  "\xff", "~"};
    if (one_in(3)) {
        return known[below(known.size())];
    }
    std::string out;
    for (auto length = one_in(20) ? NAME_MAX : 1 + below(24); out.size() < length;) {
        const char byte = static_cast<char>(below(256));
        if (byte != '/' && byte != '\0') {
            out.push_back(byte);
        }
    }
    return out == "." || out == ".." || out == ".guild" ? "dots" : out;
}

std::string random_tree::bytes(std::size_t size) {
    std::string out;
    out.reserve(size + 8);
    while (out.size() < size) {
        const auto word = random_();
        out.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    out.resize(size);
    return out;
}

std::int64_t random_tree::file_size() {
    const auto around = [this](std::int64_t size) {
        return size + static_cast<std::int64_t>(below(5)) - 2;
    };
    switch (below(10)) {
    case 0:
        return 0;
    case 1:
        return around(block);
    case 2:
        return around(large);
    case 3:
        return around(block * static_cast<std::int64_t>(1 + below(20)));
    case 4:
        return static_cast<std::int64_t>(below(3 * large));
    default:
        return static_cast<std::int64_t>(below(5000));
    }
}

void random_tree::set_time(const std::string& path) {
    const std::array<timespec, 2> times{timespec{0, UTIME_NOW},
                                        timespec{static_cast<time_t>(below(2'000'000'000)),
                                                 static_cast<long>(below(1'000'000'000))}};
    ::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
}

void random_tree::make_sparse_file(const std::string& path) {
    write_at(path, "", 0, O_TRUNC);
    const auto size = static_cast<std::int64_t>(below(3 * large)) + 1;
    std::error_code none;
    fs::resize_file(path, static_cast<std::uintmax_t>(size), none);
    for (auto pieces = below(4); pieces > 0; --pieces) {
        const auto at = static_cast<std::int64_t>(below(static_cast<std::uint64_t>(size)));
        const auto length =
            std::min<std::int64_t>(size - at, static_cast<std::int64_t>(below(9000)));
        write_at(path, bytes(static_cast<std::size_t>(length)), at);
    }
}

void random_tree::make_file(const std::string& path) {
    if (one_in(6)) {
        make_sparse_file(path);
    } else {
        write_at(path, bytes(static_cast<std::size_t>(file_size())), 0, O_TRUNC);
    }
    static constexpr std::array<mode_t, 6> modes{0644, 0600, 0444, 0755, 0400, 0666};
    ::chmod(path.c_str(), modes[below(modes.size())]);
    if (one_in(2)) {
        set_time(path);
    }
}

void random_tree::make_link(const std::string& path, const std::string& other) {
    static constexpr std::array targets{
        "/nonexistent/far/away", "a", "../a", "../../../../etc", ".", ".guild/opref", "\xff\xfe"};
    const auto chosen = below(targets.size() + 1);
    const std::string target = chosen == targets.size() ? other : targets[chosen];
    std::error_code none;
    fs::create_symlink(target, path, none);
}

void random_tree::make_entry(const std::string& directory, const std::string& other) {
    const std::string path = directory + "/" + name();
    if (!can_be_made(path)) {
        return;
    }
    const made_writable open(path);
    switch (below(6)) {
    case 0:
    case 1:
        fs::create_directory(path);
        ::chmod(path.c_str(), one_in(4) ? 0555 : one_in(4) ? 0700 : 0755);
        break;
    case 2:
        make_link(path, other);
        break;
    default:
        make_file(path);
    }
}

void random_tree::fill(const std::string& root, int entries, const std::string& other) {
    for (int made = 0; made < entries; ++made) {
        std::vector<std::string> directories{root};
        for (const auto& entry : entries_of(root)) {
            if (S_ISDIR(state_of(entry).st_mode)) {
                directories.push_back(entry);
            }
        }
        make_entry(directories[below(directories.size())], other);
    }
    // Times of directories last, or the entries that are made in them would set them again.
    for (const auto& entry : entries_of(root)) {
        if (S_ISDIR(state_of(entry).st_mode) && one_in(2)) {
            set_time(entry);
        }
    }
}

std::string random_tree::change_file(const std::string& path) {
    const auto size = state_of(path).st_size;
    switch (below(4)) {
    case 0:
        write_at(path, bytes(1 + below(below(2) * 300'000 + 100)), size);
        return "append";
    case 1:
        if (size > 0) {
            const auto at = static_cast<std::int64_t>(below(static_cast<std::uint64_t>(size)));
            const auto length =
                std::min<std::int64_t>(size - at, 1 + static_cast<std::int64_t>(below(200'000)));
            write_at(path, bytes(static_cast<std::size_t>(length)), at);
        }
        return "change in";
    case 2:
        fs::resize_file(path, below(static_cast<std::uint64_t>(size) + 1));
        return "truncate";
    default:
        make_file(path);
        return "write";
    }
}

std::string random_tree::mutate(const std::string& root, const std::string& other) {
    const auto entries = entries_of(root);
    if (entries.empty() || one_in(5)) {
        fill(root, 3, other);
        return "add";
    }
    const auto& path = entries[below(entries.size())];
    const auto state = state_of(path);
    const made_writable open(path);
    switch (below(8)) {
    case 0:
        remove_tree(path);
        return "remove " + path;
    case 1:
        remove_tree(path);
        fs::create_directory(path);
        fill(path, 3, other);
        return "make a directory " + path;
    case 2:
        remove_tree(path);
        make_link(path, other);
        return "make a link " + path;
    case 3:
        set_time(path);
        return "touch " + path;
    case 4:
        if (const auto to = path + "2"; can_be_made(to)) {
            fs::rename(path, to);
        }
        return "rename " + path;
    case 5:
        if (S_ISREG(state.st_mode)) {
            ::chmod(path.c_str(), one_in(2) ? 0600 : 0755);
        }
        return "chmod " + path;
    default:
        return S_ISREG(state.st_mode) ? change_file(path) + " " + path : "leave " + path;
    }
}

tree_map read_tree(const std::string& root) {
    tree_map out;
    for (const auto& each : fs::recursive_directory_iterator(root)) {
        const std::string path = each.path();
        const auto state = state_of(path);
        tree_entry entry{.mode = state.st_mode & 07777U,
                         .mtime_ns = mtime_of(state),
                         .content = {},
                         .allocated = state.st_blocks * 512};
        if (S_ISLNK(state.st_mode)) {
            entry = {.type = 'l', .content = fs::read_symlink(path)};
        } else if (S_ISDIR(state.st_mode)) {
            entry.type = 'd';
        } else if (S_ISREG(state.st_mode)) {
            entry.type = 'f';
            entry.content = read_file(path);
        }
        out.emplace(path.substr(root.size() + 1), std::move(entry));
    }
    return out;
}

} // namespace outrider::testing
