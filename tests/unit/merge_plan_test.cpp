#include "engine/commands/copying/merge_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

constexpr char manifest[] = "s train.py 1 train.py\n"
                            "s 'src/a b.py' 2 'lib/a b.py'\n"
                            "s evil.py 3 ../evil.py\n"
                            "s absolute.py 3 /etc/absolute.py\n"
                            "d data.csv 4 file:data/raw.csv\n"
                            "d set/x.csv 5 file:set x.csv\n"
                            "d far.csv 6 file:/data/far.csv\n"
                            "d up.csv 6 file:../up.csv\n"
                            "d model.bin - operation:prepare\n"
                            "d got.zip 7 https://example.org/got.zip\n"
                            "i .guild/generated/x 8 config:params.yml\n"
                            "not a line\n";

const std::vector<std::string> files{"absolute.py", "data.csv",   "evil.py",   "far.csv",
                                     "got.zip",     "loss.txt",   "model.bin", "out/w.pt",
                                     "set/x.csv",   "src/a b.py", "train.py",  "up.csv"};

std::string merged(const merge_command& what) {
    std::string out;
    for (const auto& each : plan_merge(manifest, files, what)) {
        out += each.in_run == each.in_project ? each.in_run : each.in_run + ">" + each.in_project;
        out += "|";
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(merge_plan)

BOOST_AUTO_TEST_CASE(source_code_goes_where_it_was_and_generated_files_where_they_are) {
    BOOST_TEST(merged({}) == "data.csv>data/raw.csv|loss.txt|out/w.pt|set/x.csv|"
                             "src/a b.py>lib/a b.py|train.py|");
    BOOST_TEST(merged({.sourcecode = true}) == "src/a b.py>lib/a b.py|train.py|");
}

BOOST_AUTO_TEST_CASE(all_is_what_came_from_elsewhere_too_but_never_outside) {
    BOOST_TEST(merged({.all = true}) ==
               "data.csv>data/raw.csv|far.csv|got.zip|loss.txt|model.bin|out/w.pt|set/x.csv|"
               "src/a b.py>lib/a b.py|train.py|up.csv|");
}

BOOST_AUTO_TEST_CASE(patterns_leave_out_files_by_path_or_name) {
    BOOST_TEST(merged({.exclude = {"*.csv", "out/*"}}) ==
               "loss.txt|src/a b.py>lib/a b.py|train.py|");
    BOOST_TEST(merged({.sourcecode = true, .exclude = {"train.py"}}) == "src/a b.py>lib/a b.py|");
}

BOOST_AUTO_TEST_CASE(a_run_without_manifest_has_generated_files_only) {
    BOOST_TEST(plan_merge("", files, {}).size() == files.size());
    BOOST_TEST(plan_merge("", files, {.sourcecode = true}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
