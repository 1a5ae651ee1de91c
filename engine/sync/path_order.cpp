#include "engine/sync/path_order.hpp"

#include <algorithm>

namespace outrider {
namespace {

// No name holds a NUL, so its place is free for the separator.
int rank(char byte) {
    return byte == '/' ? 0 : static_cast<unsigned char>(byte);
}

} // namespace

std::strong_ordering compare_paths(std::string_view a, std::string_view b) {
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (in_a == a.end() || in_b == b.end()) {
        return a.size() <=> b.size();
    }
    return rank(*in_a) <=> rank(*in_b);
}

bool is_or_is_below(std::string_view path, std::string_view root) {
    return path == root || (path.starts_with(root) && path.substr(root.size()).starts_with('/'));
}

} // namespace outrider
