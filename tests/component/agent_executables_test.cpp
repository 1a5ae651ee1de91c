#include "engine/remotes/agent_images.hpp"

#include "engine/json/described_json.hpp"
#include "engine/protocol/content_hash.hpp"
#include "engine/protocol/frame.hpp"
#include "engine/protocol/messages.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/utsname.h>
#include <zlib.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <set>

using namespace outrider;
using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

/// Writes the executable of an image to a file, as the bootstrap does there.
void unpack(const agent_image& image, const std::string& path) {
    std::ofstream(path + ".gz", std::ios::binary) << image.gzip;
    std::ofstream out(path, std::ios::binary);
    const gzFile in = ::gzopen((path + ".gz").c_str(), "rb");
    char block[64 * 1024];
    for (int got = ::gzread(in, block, sizeof block); got > 0;
         got = ::gzread(in, block, sizeof block)) {
        out.write(block, got);
    }
    ::gzclose(in);
    out.close();
    fs::permissions(path, fs::perms::owner_all);
}

/// The words before an agent's path that make it run here; nothing where it cannot.
std::string runner(const agent_image& image, bool& possible) {
    utsname names{};
    ::uname(&names);
    possible = true;
    if (image.architecture == names.machine) {
        return "";
    }
    for (const char* suffix : {"", "-static"}) {
        const auto emulator = "/usr/bin/qemu-" + std::string(image.architecture) + suffix;
        if (fs::exists(emulator)) {
            return emulator + " ";
        }
    }
    possible = false;
    return "";
}

std::string output_of(const std::string& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                               &::pclose);
    std::string out;
    char block[4096];
    for (auto got = std::fread(block, 1, sizeof block, pipe.get()); got > 0;
         got = std::fread(block, 1, sizeof block, pipe.get())) {
        out.append(block, got);
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_agent_is_what_its_hash_says_and_greets_with_it) {
    std::set<std::string_view> architectures;
    for (const auto& image : agent_images()) {
        temporary_directory place;
        const auto path = place / "outrider-agent";
        unpack(image, path);
        BOOST_TEST_CONTEXT(image.architecture) {
            BOOST_TEST(architectures.insert(image.architecture).second);
            BOOST_TEST(fs::file_size(path) == image.size);
            BOOST_TEST(protocol::hash_of_file(path).value() == image.hash);
            bool possible = false;
            const auto command = runner(image, possible) + path;
            if (!possible) {
                BOOST_TEST_MESSAGE("skipped: nothing here runs " << image.architecture);
                continue;
            }
            const auto quiet = " </dev/null >/dev/null 2>&1";
            BOOST_TEST(
                std::system((command + " verify " + std::string(image.hash) + quiet).c_str()) == 0);
            BOOST_TEST(std::system((command + " verify 0123" + quiet).c_str()) != 0);
            const auto said = output_of(command + " serve </dev/null 2>/dev/null");
            protocol::frame_reader frames;
            frames.feed(said);
            const auto first = frames.next();
            BOOST_REQUIRE(first.has_value());
            BOOST_REQUIRE(first->has_value());
            BOOST_TEST(((*first)->kind == protocol::frame_kind::hello));
            const auto greeting = protocol::decode<protocol::hello>((*first)->payload);
            BOOST_REQUIRE(greeting.has_value());
            BOOST_TEST(greeting->build == image.hash);
            BOOST_TEST(greeting->version == protocol::version);
        }
    }
    BOOST_TEST(!architectures.empty());
}
