#include "engine/agent/files/copy_state.hpp"

#include "engine/agent/files/beneath.hpp"
#include "engine/protocol/content_hash.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

namespace outrider::agent {
namespace {

constexpr std::string_view no_copy = "-";
// All that is read of a file here; each is far shorter.
constexpr std::size_t read_limit = 256;

// The first bytes of a file below the run with their count before them; a '-' where there is none.
std::string fingerprint(int run, const char* path) {
    const auto file = open_beneath(run, path, O_RDONLY | O_NONBLOCK);
    if (!file) {
        return "-";
    }
    std::array<char, read_limit> bytes;
    const auto got = ::read(file->get(), bytes.data(), bytes.size());
    return got < 0 ? "-"
                   : std::to_string(got) + ":" +
                         std::string(bytes.data(), static_cast<std::size_t>(got));
}

} // namespace

std::string copy_state(int run) {
    if (run < 0) {
        return std::string(no_copy);
    }
    std::string text;
    for (const char* path : {".guild/opref", ".guild/LOCK.remote", ".guild/attrs/exit_status"}) {
        text += fingerprint(run, path);
    }
    return protocol::hash_of(text);
}

bool is_same_copy(std::string_view one, std::string_view other) {
    static const std::string nothing_inside = protocol::hash_of("---");
    const auto is_none = [](std::string_view state) {
        return state == no_copy || state == nothing_inside;
    };
    return one == other || (is_none(one) && is_none(other));
}

} // namespace outrider::agent
