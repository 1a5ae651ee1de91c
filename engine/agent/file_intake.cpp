#include "engine/agent/file_intake.hpp"

#include "engine/agent/file_writing.hpp"
#include "engine/agent/tree_removal.hpp"

#include <fcntl.h>

#include <cerrno>
#include <ranges>

namespace outrider::agent {
namespace {

failure out_of_order(const std::string& what) {
    return {errc::protocol_violation, "the stream of files is out of order: " + what};
}

bool is_directory(int parent, const std::string& name) {
    struct stat found{};
    return ::fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(found.st_mode);
}

} // namespace

result<> file_intake::head(protocol::file_entry entry) {
    if (current_) {
        return out_of_order("'" + entry.path + "' begins inside '" + current_->entry().path + "'");
    }
    if (entry.mtime_ns < 0) {
        entry.mtime_ns = 0; // before 1970: no file system of ours needs it
    }
    switch (entry.type) {
    case protocol::file_type::directory:
        return make_directory(entry);
    case protocol::file_type::link:
        return make_link(entry);
    case protocol::file_type::regular:
        break;
    case protocol::file_type::other:
        return failure(errc::bad_input, "'" + entry.path + "' is not a file, directory or link");
    }
    if (!is_safe_path(entry.path)) {
        return parent_beneath(root_, entry.path, false).error();
    }
    auto file = incoming_file::create(incoming_, std::move(entry));
    if (!file) {
        return file.error();
    }
    current_.emplace(std::move(*file));
    return {};
}

result<> file_intake::data(std::string_view bytes) {
    if (!current_) {
        return out_of_order("data of no file");
    }
    totals_.bytes += static_cast<std::int64_t>(bytes.size());
    return current_->write(bytes);
}

result<> file_intake::end(const protocol::file_end& sent) {
    if (!current_) {
        return out_of_order("the end of no file");
    }
    incoming_file file = std::move(*current_);
    current_.reset();
    if (auto checked = file.finish(sent); !checked) {
        return checked;
    }
    auto where = parent_beneath(root_, file.entry().path, true);
    if (!where) {
        return where.error();
    }
    if (auto cleared = set_aside_directory(where->parent.get(), where->name); !cleared) {
        return cleared;
    }
    ++totals_.files;
    return file.move_to(where->parent.get(), where->name);
}

result<> file_intake::make_directory(const protocol::file_entry& entry) {
    auto where = parent_beneath(root_, entry.path, true);
    if (!where) {
        return where.error();
    }
    const int parent = where->parent.get();
    if (!is_directory(parent, where->name)) {
        if (::unlinkat(parent, where->name.c_str(), 0) != 0 && errno != ENOENT) {
            return errno_failure(errno, "replace " + entry.path);
        }
        if (::mkdirat(parent, where->name.c_str(), 0777) != 0) {
            return errno_failure(errno, "make directory " + entry.path);
        }
    }
    auto directory = open_beneath(parent, where->name, O_RDONLY | O_DIRECTORY);
    if (!directory) {
        return directory.error();
    }
    // While it is being filled its owner needs all rights; its own mode comes at the end.
    if (::fchmod(directory->get(), (entry.mode & 0777) | 0700) != 0) {
        return errno_failure(errno, "make directory " + entry.path);
    }
    directories_.push_back(entry);
    return {};
}

result<> file_intake::make_link(const protocol::file_entry& entry) {
    auto where = parent_beneath(root_, entry.path, true);
    if (!where) {
        return where.error();
    }
    const auto temporary = incoming_name();
    if (entry.target.empty() || entry.target.find('\0') != std::string::npos) {
        return failure(errc::bad_input, "the link '" + entry.path + "' has no target");
    }
    ::unlinkat(incoming_, temporary.c_str(), 0);
    if (::symlinkat(entry.target.c_str(), incoming_, temporary.c_str()) != 0) {
        return errno_failure(errno, "make link " + entry.path);
    }
    const timespec times[2] = {{0, UTIME_OMIT}, time_of(entry.mtime_ns)};
    ::utimensat(incoming_, temporary.c_str(), times, AT_SYMLINK_NOFOLLOW);
    auto cleared = set_aside_directory(where->parent.get(), where->name);
    if (cleared &&
        ::renameat(incoming_, temporary.c_str(), where->parent.get(), where->name.c_str()) != 0) {
        cleared = errno_failure(errno, "make link " + entry.path);
    }
    if (!cleared) {
        ::unlinkat(incoming_, temporary.c_str(), 0);
        return cleared;
    }
    ++totals_.files;
    return {};
}

result<> file_intake::set_aside_directory(int parent, const std::string& name) const {
    if (!is_directory(parent, name)) {
        return {};
    }
    // Out of sight in one step, then removed piece by piece.
    const auto aside = incoming_name();
    if (::renameat(parent, name.c_str(), incoming_, aside.c_str()) != 0) {
        return errno_failure(errno, "replace directory " + name);
    }
    return remove_tree(incoming_, aside);
}

result<protocol::receive_reply> file_intake::finish() {
    if (current_) {
        return out_of_order("it ends inside '" + current_->entry().path + "'");
    }
    for (const auto& entry : directories_ | std::views::reverse) {
        auto directory = open_beneath(root_, entry.path, O_RDONLY | O_DIRECTORY);
        if (!directory) {
            continue; // a later entry replaced it
        }
        const timespec times[2] = {{0, UTIME_OMIT}, time_of(entry.mtime_ns)};
        if (::futimens(directory->get(), times) != 0 ||
            ::fchmod(directory->get(), entry.mode & 0777) != 0) {
            return errno_failure(errno, "set the mode of " + entry.path);
        }
    }
    return totals_;
}

} // namespace outrider::agent
