#include "engine/commands/following/since_text.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <ctime>

using namespace outrider;

namespace {

constexpr std::int64_t second = 1'000'000;
// 2026-01-31 13:00:00 UTC
constexpr std::int64_t now = 1'769'864'400 * second;

// The tests know one time zone.
struct in_zone {
    explicit in_zone(const char* name) {
        ::setenv("TZ", name, 1);
        ::tzset();
    }
    ~in_zone() {
        ::unsetenv("TZ");
        ::tzset();
    }
};

std::int64_t at(const char* text) {
    const auto parsed = parse_since(text, now);
    BOOST_REQUIRE_MESSAGE(parsed.has_value() && parsed->at_us, text);
    return *parsed->at_us - now;
}

} // namespace

BOOST_AUTO_TEST_SUITE(since_text)

BOOST_AUTO_TEST_CASE(a_length_of_time_is_so_long_ago) {
    const std::pair<const char*, std::int64_t> cases[] = {
        {"0s", 0}, {"90s", 90}, {"10m", 600}, {"1.5h", 5400}, {"2d", 172'800}, {"0.5s", 0},
    };
    for (const auto& [text, seconds] : cases) {
        const auto parsed = parse_since(text, now);
        BOOST_REQUIRE_MESSAGE(parsed.has_value() && parsed->ago_us, text);
        BOOST_TEST(*parsed->ago_us / second == seconds);
    }
}

BOOST_AUTO_TEST_CASE(a_date_is_of_the_local_time_zone) {
    const in_zone zone("UTC-2"); // two hours east
    BOOST_TEST(at("14:30") == -30 * 60 * second);
    BOOST_TEST(at("14:30:05") == (-30 * 60 + 5) * second);
    BOOST_TEST(at("2026-01-31") == -15 * 3600 * second);
    BOOST_TEST(at("2026-01-30 15:00") == -24 * 3600 * second);
    BOOST_TEST(at("2026-01-30T15:00:00") == -24 * 3600 * second);
    BOOST_TEST(at("2026-01-31T13:00Z") == 0);
    BOOST_TEST(at("13:00Z") == 0);
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
    for (
        const char* text :
        {"",           "x",          "10",          "m",        "-5m",         "10w", "10mm",
         "1e3s",       "nans",       "infs",        "24:00",    "12:60",       "12",  "12:3",
         "2026-13-01", "2026-00-01", "2026-01-32",  "2026-1-1", "2026-01-31 ", "Z",   "2026-01-31x",
         "12:30:",     "12:30:61",   "99999999999d"}) {
        BOOST_TEST_CONTEXT(text) {
            const auto parsed = parse_since(text, now);
            BOOST_REQUIRE(parsed.has_error());
            BOOST_TEST((parsed.error().kind() == errc::bad_input));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
