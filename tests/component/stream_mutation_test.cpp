#include "engine/agent/jobs.hpp"
#include "tests/support/agent_machine.hpp"
#include "tests/support/job_driver.hpp"

#include <fstream>
#include <memory>
#include <random>

using namespace outrider;
using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

constexpr int rounds = 400;

std::string valid_stream() {
    std::string wire;
    agent::reply_channel out(wire, 7);
    const auto head = [&](const char* path, protocol::file_type type, const char* target) {
        out.part(protocol::file_head{{path, type, 4, 1'000'000'000, 0755, target}});
    };
    head("sub", protocol::file_type::directory, "");
    head("sub/up", protocol::file_type::link, "../../outside");
    for (const char* path : {"sub/file", "a/b", "sub/up", "sub"}) {
        head(path, protocol::file_type::regular, "");
        out.data("data");
        out.part(protocol::file_end{4, protocol::hash_of("data"), false});
    }
    out.part(protocol::files_end{});
    return wire;
}

std::string mutate(std::string wire, std::mt19937& random) {
    static constexpr std::string_view pieces[] = {"../", "/", "..", "\"link\"", "\"directory\"",
                                                  "-1",  "0", "[",  "sub/up",   "9999999999999999"};
    const auto below = [&](std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    for (auto changes = 1 + below(4); changes > 0; --changes) {
        const auto at = below(wire.size());
        switch (below(3)) {
        case 0:
            wire[at] = static_cast<char>(below(256));
            break;
        case 1: { // same length, so that the frames stay whole
            const auto piece = pieces[below(std::size(pieces))];
            wire.replace(at, std::min(piece.size(), wire.size() - at), piece);
            break;
        }
        default:
            wire.erase(at, below(20));
            wire.push_back('x');
        }
    }
    return wire;
}

void feed(const agent_machine& there, const std::string& wire) {
    job_driver job(there.context, &agent::make_receive_files_job,
                   there.about<protocol::receive_files>());
    protocol::frame_reader frames;
    frames.feed(wire);
    for (auto next = frames.next(); next && *next && !job.ended(); next = frames.next()) {
        if ((*next)->kind == protocol::frame_kind::data) {
            job.data((*next)->payload);
            continue;
        }
        const auto value = protocol::parse_json((*next)->payload);
        if (!value || !value->is_object() || !value->get_object().contains("body") ||
            !value->get_object().contains("type") || !value->at("type").is_string()) {
            continue;
        }
        job.raw_part(value->at("type").get_string(), value->at("body"));
    }
}

auto entries_in(const fs::path& directory) {
    return std::distance(fs::directory_iterator(directory), {});
}

} // namespace

BOOST_AUTO_TEST_CASE(mutated_streams_never_crash_the_agent_nor_write_outside_the_run) {
    const auto valid = valid_stream();
    std::unique_ptr<agent_machine> there;
    std::string outside;
    for (unsigned seed = 0; seed < rounds; ++seed) {
        if (seed % 20 == 0) { // in between, each stream meets what the ones before have left
            there = std::make_unique<agent_machine>();
            outside = there->run() + "/../../outside";
            fs::create_directory(outside);
            std::ofstream(outside + "/mine") << "mine";
        }
        std::mt19937 random(seed);
        feed(*there, mutate(valid, random));
        BOOST_TEST_CONTEXT("seed " << seed) {
            BOOST_TEST(entries_in(outside) == 1);
            BOOST_TEST(there->content(outside + "/mine") == "mine");
            // The guild home holds `runs` and `outside`, `runs` holds the run, the user the home.
            BOOST_TEST(entries_in(there->run() + "/..") == 1);
            BOOST_TEST(entries_in(there->run() + "/../..") == 2);
            BOOST_TEST(entries_in(there->place / "user") == 1);
            BOOST_TEST(entries_in(there->place.path()) == 1);
        }
    }
}
