// What a project can do: operations and their help, and flags that come from Python modules.
#include "tests/e2e/scene.hpp"
#include "tests/support/json_schema.hpp"

#include <boost/json.hpp>
#include <boost/mp11/list.hpp>

using namespace outrider::testing;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;

constexpr const char* project = R"(
train:
  description: Train a model
  main: train
  flags-import: all
  flags:
    opt:
      description: Optimizer
plain:
  main: plain
  flags:
    rate: 0.5
_hidden: {main: plain}
broken:
  main: broken
  flags-import: all
gone:
  main: gone
  flags-import: [x]
)";

constexpr const char* train = R"(
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1, help="Learning rate")
parser.add_argument("--opt", choices=["sgd", "adam"], default="sgd")
parser.add_argument("--fast", action="store_true")
parser.add_argument("--layers", type=int, nargs="*", default=[2, 3])
args = parser.parse_args()
print("trained", args.lr, args.opt, args.fast, args.layers)
)";

template <class Place>
struct project_scene : scene<Place> {
    project_scene() {
        this->me.write_project_file("guild.yml", project);
        this->me.write_project_file("train.py", train);
        this->me.write_project_file("plain.py", "rate = 0.1\nname = 'x'\nprint(rate, name)\n");
        this->me.write_project_file("broken.py", "x = 1\nif x\n    pass\n");
    }
    /// Runs an operation here and on gpu1; both must say `expected`.
    void both_say(const std::vector<std::string>& typed, const std::string& expected) const {
        for (const bool far : {false, true}) {
            std::vector<std::string> words{"run"};
            words.insert(words.end(), typed.begin(), typed.end());
            words.emplace_back("-y");
            if (far) {
                words.insert(words.end(), {"-r", "gpu1"});
            }
            const auto ended = this->me.run(words);
            check_exit(ended, 0);
            BOOST_TEST(has(ended.out, expected), ended.out + ended.err);
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(operations)

BOOST_AUTO_TEST_CASE_TEMPLATE(imported_flags_reach_the_operation, Place, places) {
    project_scene<Place> at;
    at.both_say({"plain"}, "0.5 x\n");
    at.both_say({"plain", "--force-flags", "name=y"}, "0.5 y\n");
    at.both_say({"train"}, "trained 0.1 sgd False [2, 3]\n");
    at.both_say({"train", "lr=1", "opt=adam", "fast=yes", "layers=4 5 6"},
                "trained 1.0 adam True [4, 5, 6]\n");
    const auto preview = at.me.run({"run", "train", "-r", "gpu1"}, "n\n");
    check_says(preview, 0, {"train on gpu1", "fast: no", "layers: 2 3", "lr: 0.1", "opt: sgd"});
    // A run again keeps how its flags reach the module.
    const auto again = at.me.run({"run", "--restart", "1", "lr=7", "-y"});
    check_exit(again, 0);
    BOOST_TEST(again.out == "trained 7.0 adam True [4, 5, 6]\n");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(flags_that_do_not_fit_are_refused, Place, places) {
    project_scene<Place> at;
    for (const auto& where : {std::vector<std::string>{}, {"-r", "gpu1"}}) {
        const auto run = [&](std::vector<std::string> words) {
            words.insert(words.begin(), "run");
            words.emplace_back("-y");
            words.insert(words.end(), where.begin(), where.end());
            return at.me.run(words);
        };
        check_says(run({"train", "x=1"}), 1,
                   {"outrider: unsupported flag 'x'\nTry 'outrider run train --help-op' for a list "
                    "of flags or use --force-flags to skip this check.\n"});
        const auto choice = run({"train", "opt=none"});
        check_says(choice, 1,
                   {"Unsupported value for 'opt' - supported values are:\n\n  sgd\n  adam\n\n"});
        BOOST_TEST(choice.err.starts_with("Unsupported"));
        check_says(run({"train", "lr=fast"}), 1, {"lr", "float"});
        check_says(run({"broken"}), where.empty() ? 1 : 0,
                   {"cannot import flags from ", "/broken.py: ", " on line 2\n  if x\n"});
    }
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").size() <= 1);
}

BOOST_AUTO_TEST_CASE(scripts_have_the_flags_of_their_source) {
    project_scene<over_local> at;
    const auto ran = at.me.run({"run", "plain.py", "rate=3", "-y"});
    check_exit(ran, 0);
    BOOST_TEST(ran.out == "3 x\n");
    check_says(at.me.run({"run", "plain.py", "nope=3", "-y"}), 1, {"unsupported flag 'nope'"});
}

BOOST_AUTO_TEST_CASE(operations_are_listed_and_described) {
    project_scene<over_local> at;
    const auto listed = at.me.run({"operations"});
    check_says(listed, 0,
               {"WARNING: cannot import flags from gone: No module named gone",
                "/broken.py: expected ':' on line 2"});
    BOOST_TEST(listed.out == "broken  \ngone    \nplain   \ntrain   Train a model\n");
    BOOST_TEST(at.me.run({"ops", "-a", "hid"}).out == "_hidden  \n");
    BOOST_TEST(at.me.run({"ops", "tra", "-v"}).out == "train  Train a model\n"
                                                      "  flags:\n"
                                                      "    fast: (default is no)\n"
                                                      "    layers: (default is '2 3')\n"
                                                      "    lr: Learning rate (default is 0.1)\n"
                                                      "    opt: Optimizer (default is sgd)\n");
    const auto help = at.me.run({"run", "train", "--help-op"});
    check_exit(help, 0);
    BOOST_TEST(help.out == "Usage: outrider run [OPTIONS] train [FLAG]...\n"
                           "\n"
                           "Train a model\n"
                           "\n"
                           "Use 'outrider run --help' for a list of options.\n"
                           "\n"
                           "Flags:\n"
                           "  fast    (default is no)\n"
                           "\n"
                           "          Choices:  yes, no\n"
                           "\n"
                           "  layers  (default is '2 3')\n"
                           "  lr      Learning rate (default is 0.1)\n"
                           "  opt     Optimizer (default is sgd)\n"
                           "\n"
                           "          Choices:  sgd, adam\n"
                           "\n");
    check_says(at.me.run({"run", "nope", "--help-op"}), 1,
               {"operation 'nope' is not defined for this project\nTry 'outrider operations' for a "
                "list of available operations.\n"});
    BOOST_TEST(at.me.run({"run", "plain.py", "--help-op"}).out.find("rate  (default is 0.1)") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(listings_are_json_too) {
    project_scene<over_local> at;
    const auto listed = at.me.run({"operations", "train", "--json"});
    check_exit(listed, 0);
    BOOST_TEST(schema_problems(listed.out, "operations") == "");
    const auto document = json::parse(listed.out);
    const auto& op = document.at("operations").as_array().at(0);
    BOOST_TEST(op.at("name").as_string() == "train");
    BOOST_TEST(op.at("flags").as_array().size() == 4);
}

BOOST_AUTO_TEST_CASE(modules_are_never_executed_and_read_once) {
    project_scene<over_local> at;
    const std::string touched = at.me.directory() / "touched";
    at.me.write_project_file("plain.py", "open('" + touched + "', 'w')\nrate = 0.25\n");
    check_exit(at.me.run({"run", "plain.py", "--help-op"}), 0);
    BOOST_TEST(!fs::exists(touched));
    const auto cache = at.me.guild_home() + "/cache/import-flags";
    BOOST_TEST(names_in(cache).size() == 1);
    check_exit(at.me.run({"run", "plain.py", "--help-op"}), 0);
    BOOST_TEST(names_in(cache).size() == 1);
    // What is kept is what is used: only the cache can say this.
    write_file(cache + "/" + names_in(cache)[0],
               R"({"dest":"globals","flags":{"kept":{"default":1}}})");
    BOOST_TEST(has(at.me.run({"run", "plain.py", "--help-op"}).out, "kept  (default is 1)"));
}

BOOST_AUTO_TEST_SUITE_END()
