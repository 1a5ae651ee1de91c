#include "engine/project/captured_program.hpp"
#include "engine/project/flag_import.hpp"
#include "engine/project/flag_values.hpp"
#include "engine/project/operation_command.hpp"
#include "engine/text/file_text.hpp"
#include "tests/support/caller_environment.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;
namespace json = boost::json;

namespace {

/// Modules with options of all kinds, and what they print by themselves and as operations.
struct generated {
    testing::temporary_directory scratch;
    std::map<std::string, std::string> environment = caller_environment();

    generated() {
        environment.erase("PYTHONSAFEPATH");
        environment["PYTHONPATH"] = scratch.path().native() + ":" OUTRIDER_PYTHON;
        environment["COLUMNS"] = "200";
    }
    std::string output_of(std::vector<std::string> words) {
        words.insert(words.begin(),
                     {"sh", "-c", "cd \"$0\" && exec \"$@\" 2>&1", scratch.path().native()});
        auto got = capture_program(words, environment, std::chrono::seconds(60));
        BOOST_REQUIRE_MESSAGE(got.has_value(), got.error().context);
        return got->bytes;
    }
    std::string by_itself(const std::string& module, const std::vector<std::string>& given) {
        std::vector<std::string> words{"python3", module + ".py"};
        words.insert(words.end(), given.begin(), given.end());
        return output_of(std::move(words));
    }
    std::string as_operation(const std::string& module, const std::vector<std::string>& typed) {
        operation_def op{.name = module, .main = module, .imports = {.said = true, .all = true}};
        const auto notes = import_flags(op, scratch.path().native(),
                                        {.environment = environment, .cache = scratch / "cache"});
        BOOST_TEST(notes.empty());
        const auto flags = resolve_flags(op, typed, {.directory = "/", .home = "/"});
        if (!flags) {
            return flags.error().context;
        }
        auto words = make_command(op, flags->all).value().words;
        words.front() = "python3";
        environment["FLAGS_DEST"] = op.flags_dest;
        return output_of(std::move(words));
    }
    void check(const std::string& module) {
        BOOST_TEST_CONTEXT(module) {
            BOOST_TEST(as_operation(module, {}) == by_itself(module, {}));
        }
        const auto tries =
            json::parse(read_text_file(scratch / (module + ".json"), 1 << 20).value());
        for (const auto& each : tries.as_array()) {
            const auto typed = json::value_to<std::vector<std::string>>(each.at("flags"));
            const auto given = json::value_to<std::vector<std::string>>(each.at("words"));
            BOOST_TEST_CONTEXT(module << " " << json::serialize(each)) {
                // What the module takes, and nobody can mean, may be refused: `yes` of a truth.
                const auto got = as_operation(module, typed);
                if (got.find("invalid value for type 'boolean'") == std::string::npos) {
                    BOOST_TEST(got == by_itself(module, given));
                }
            }
        }
    }
    void check_all(const std::string& kind, int count) {
        const auto said = output_of(
            {"python3", OUTRIDER_GENERATOR, kind, scratch.path().native(), std::to_string(count)});
        BOOST_TEST_REQUIRE(said.find("Traceback") == std::string::npos, said);
        for (int i = 0; i < count; ++i) {
            check("m" + std::to_string(i));
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(flag_round_trip)

// Without flags a module prints what it would print by itself, and a typed flag does what its words
// do: what is recorded is what the module gets.
BOOST_FIXTURE_TEST_CASE(modules_with_argparse_get_what_is_recorded, generated) {
    check_all("argparse", 6);
}

BOOST_FIXTURE_TEST_CASE(modules_with_click_get_what_is_recorded, generated) {
    if (output_of({"python3", "-c", "import click"}) != "") {
        BOOST_TEST_MESSAGE("python3-click is not installed: nothing is tried");
        return;
    }
    check_all("click", 4);
}

BOOST_AUTO_TEST_SUITE_END()
