// The agent: `verify HASH` says whether this executable is the one of that hash, `serve` speaks the
// protocol on standard input and output.
#include "engine/protocol/content_hash.hpp"
#include "engine/protocol/described_json.hpp"
#include "engine/protocol/frame.hpp"
#include "engine/protocol/messages.hpp"

#include <unistd.h>

#include <array>
#include <string_view>

using namespace outrider;

namespace {

int verify(std::string_view expected) {
    const auto hash = protocol::hash_of_file("/proc/self/exe");
    return hash && *hash == expected ? 0 : 1;
}

int serve() {
    protocol::hello greeting;
    greeting.version = protocol::version;
    if (const auto hash = protocol::hash_of_file("/proc/self/exe")) {
        greeting.build = *hash;
    }
    std::string out;
    protocol::append_frame(out, protocol::frame_kind::hello, 0, protocol::encode(greeting));
    if (::write(STDOUT_FILENO, out.data(), out.size()) < 0) {
        return 1;
    }
    std::array<char, 4096> ignored;
    while (::read(STDIN_FILENO, ignored.data(), ignored.size()) > 0) {
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view verb = argc > 1 ? argv[1] : "";
    if (verb == "verify" && argc == 3) {
        return verify(argv[2]);
    }
    return verb == "serve" ? serve() : 2;
}
