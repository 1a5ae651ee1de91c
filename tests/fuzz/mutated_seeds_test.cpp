// The fuzzers' entry points over seeds that are changed at random but always in the same way: runs
// everywhere, without libFuzzer.
#include "tests/fuzz/entry_points.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdio>
#include <random>
#include <string>

using namespace outrider::fuzz;

namespace {

constexpr int rounds = 3000; // for each seed

std::string last_input; // told where a promise breaks

std::string mutated(std::string text, std::minstd_rand& random) {
    const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
    static constexpr std::string_view telling[] = {"\n", "'", "\"", "\\", "{", "}",  "[",   "]",
                                                   ":",  "-", "&",  "*",  "!", "\t", "\xff"};
    for (auto changes = 1 + below(5); changes > 0; --changes) {
        const auto at = below(text.size());
        switch (below(4)) {
        case 0:
            text.insert(at, 1, static_cast<char>(below(256)));
            break;
        case 1:
            text.insert(at, telling[below(std::size(telling))]);
            break;
        case 2:
            text.erase(at, 1 + below(8));
            break;
        default:
            text.insert(below(text.size()), text.substr(at, below(24)));
        }
    }
    return text;
}

extern "C" void tell_last_input(int) {
    std::fputs("the input was: ", stderr);
    for (const char c : last_input) {
        std::fprintf(stderr, "\\x%02x", static_cast<unsigned char>(c));
    }
    std::fputs("\n", stderr);
}

} // namespace

BOOST_AUTO_TEST_SUITE(fuzz)

BOOST_DATA_TEST_CASE(every_parser_keeps_its_promises_over_mutated_seeds,
                     boost::unit_test::data::xrange(entry_points().size()), which) {
    std::signal(SIGABRT, tell_last_input);
    const auto& entry = entry_points()[which];
    BOOST_TEST_MESSAGE("parser: " << entry.name);
    std::minstd_rand random(1);
    for (const auto seed : entry.seeds) {
        last_input = seed;
        entry.run(seed);
        for (int round = 0; round < rounds; ++round) {
            last_input = mutated(std::string(seed), random);
            entry.run(last_input);
        }
    }
    BOOST_TEST(!entry.seeds.empty());
}

BOOST_AUTO_TEST_SUITE_END()
