#include "tests/support/random_tree.hpp"

#include <algorithm>
#include <cctype>

namespace outrider::testing {
namespace {

constexpr std::size_t most_differences = 10;
constexpr std::int64_t compared_block = std::int64_t{128} << 10;

// A path as it can be printed.
std::string shown(const std::string& path) {
    std::string out;
    for (const char byte : path) {
        if (std::isprint(static_cast<unsigned char>(byte)) != 0) {
            out += byte;
        } else {
            static constexpr const char* digits = "0123456789abcdef";
            out += "\\x";
            out += digits[static_cast<unsigned char>(byte) >> 4];
            out += digits[static_cast<unsigned char>(byte) & 15];
        }
    }
    return out;
}

bool belongs_to_the_machine(const std::string& path) {
    return path.starts_with(".guild/LOCK") || path.starts_with(".guild/outrider");
}

// Temporary files of transfers come and go in them.
bool has_time_of_its_own(const std::string& path) {
    return path != ".guild";
}

// Space that a file needs if whole blocks of zeros take none.
std::int64_t needed_space(const std::string& content) {
    std::int64_t out = 0;
    for (std::size_t at = 0; at < content.size(); at += compared_block) {
        const auto piece = std::string_view(content).substr(at, compared_block);
        out += piece.find_first_not_of('\0') != std::string_view::npos ? compared_block : 0;
    }
    return out;
}

std::string difference(const std::string& path, const tree_entry& source, const tree_entry& copy) {
    if (source.type != copy.type) {
        return std::string("type ") + source.type + " and " + copy.type;
    }
    if (source.content != copy.content) {
        const auto at = std::ranges::mismatch(source.content, copy.content).in1;
        return "content: " + std::to_string(source.content.size()) + " and " +
               std::to_string(copy.content.size()) + " bytes, from byte " +
               std::to_string(at - source.content.begin());
    }
    if (source.type != 'l' && source.mode != copy.mode) {
        return "mode " + std::to_string(source.mode) + " and " + std::to_string(copy.mode);
    }
    if (source.mtime_ns != copy.mtime_ns && has_time_of_its_own(path)) {
        return "time " + std::to_string(source.mtime_ns) + " and " + std::to_string(copy.mtime_ns);
    }
    // Small files are written as they are, and so is the end of a file that is shorter than a
    // compared_block.
    constexpr std::int64_t slack = 2 * compared_block;
    if (source.type == 'f' && source.content.size() > compared_block &&
        copy.allocated > std::max(needed_space(source.content), source.allocated) + slack) {
        return "holes: " + std::to_string(copy.allocated) + " bytes for " +
               std::to_string(source.allocated);
    }
    return {};
}

} // namespace

std::vector<std::string> differences(const tree_map& source, const tree_map& copy,
                                     const tree_map* extra) {
    std::vector<std::string> out;
    const auto add = [&out](const std::string& path, const std::string& what) {
        if (!what.empty() && out.size() < most_differences) {
            out.push_back(shown(path) + ": " + what);
        }
    };
    for (const auto& [path, entry] : source) {
        if (belongs_to_the_machine(path)) {
            continue;
        }
        const auto found = copy.find(path);
        add(path, found == copy.end() ? "missing" : difference(path, entry, found->second));
    }
    for (const auto& [path, entry] : copy) {
        if (source.contains(path) || belongs_to_the_machine(path)) {
            continue;
        }
        const auto allowed = extra == nullptr ? tree_map::const_iterator() : extra->find(path);
        if (extra == nullptr || allowed == extra->end()) {
            add(path, "not at the source");
        } else if (entry.type != allowed->second.type || entry.content != allowed->second.content) {
            add(path, "it was to be left as it was");
        }
    }
    return out;
}

} // namespace outrider::testing
