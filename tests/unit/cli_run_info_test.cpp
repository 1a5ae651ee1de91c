#include "cli/render/run_info.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <ctime>

using namespace outrider;
using namespace outrider::cli;

namespace {

run_described a_run() {
    run_described out;
    out.user_home = "/home/ann";
    out.run.row.id = "abc";
    out.run.row.operation = "train";
    out.run.row.directory = "/home/ann/.guild/runs/abc";
    out.run.row.state = run_state::error;
    out.run.from = "/home/ann/p/guild.yml";
    return out;
}

// The sections, without the lines before them.
std::string sections(const run_described& described, const info_command& asked = {}) {
    const auto text = run_info_text(described, asked);
    return text.substr(text.find("tags:"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_info)

BOOST_AUTO_TEST_CASE(what_is_empty_leaves_its_line) {
    BOOST_TEST(run_info_text(a_run(), {}) == "id: abc\n"
                                             "operation: train\n"
                                             "from: ~/p/guild.yml\n"
                                             "status: error\n"
                                             "started: \n"
                                             "stopped: \n"
                                             "marked: no\n"
                                             "label: \n"
                                             "sourcecode_digest: \n"
                                             "vcs_commit: \n"
                                             "run_dir: ~/.guild/runs/abc\n"
                                             "command: \n"
                                             "exit_status: \n"
                                             "pid: \n"
                                             "tags:\n"
                                             "flags:\n"
                                             "scalars:\n");
}

BOOST_AUTO_TEST_CASE(a_reason_stands_where_no_exit_status_does) {
    auto run = a_run();
    run.run.row.reason = "out of memory";
    BOOST_TEST(run_info_text(run, {}).find("\npid: \nreason: out of memory\ntags:") !=
               std::string::npos);
    run.run.row.exit_status = -9;
    BOOST_TEST(run_info_text(run, {}).find("reason") == std::string::npos);
    BOOST_TEST(run_info_json(run, {}).find(R"("reason":"out of memory")") != std::string::npos);
    run.run.row.exit_status = -15;
    BOOST_TEST(run_info_text(run, {}).find("reason:") == std::string::npos);
    run.run.row.reason = "stopped early: rank 9 of 12 at step 2000";
    BOOST_TEST(run_info_text(run, {}).find(
                   "\nreason: stopped early: rank 9 of 12 at step 2000\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_job_has_its_id_its_node_and_why_it_waits) {
    auto run = a_run();
    run.run.row.state = run_state::pending;
    run.run.row.job = "12";
    run.run.row.reason = "waits: Resources";
    BOOST_TEST(run_info_text(run, {}).find(
                   "\npid: \njob: 12\nnode: \nreason: waits: Resources\n") != std::string::npos);
    run.run.row.node = "node1";
    BOOST_TEST(run_info_json(run, {}).find(R"("job":"12","node":"node1")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_run_that_runs_elsewhere_names_where) {
    auto run = a_run();
    run.run.row.state = run_state::running;
    run.run.row.remote = "gpu1";
    run.run.row.pid = 0;
    BOOST_TEST(run_info_text(run, {}).find("\nstatus: running (gpu1)\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(command_words_are_quoted_where_they_are_empty_or_hold_a_space) {
    BOOST_TEST(command_text({"python", "", "a b", "c"}) == R"(python "" "a b" c)");
}

BOOST_AUTO_TEST_CASE(values_of_flags_stand_on_the_line_or_below) {
    auto run = a_run();
    run.run.flags = {{"a", "1"}, {"b", "[1, two]"}, {"c", "{x: 1}"}, {"d", "[]"}, {"e", "a [b]"}};
    BOOST_TEST(sections(run) == "tags:\n"
                                "flags:\n"
                                "  a: 1\n"
                                "  b:\n"
                                "    - 1\n"
                                "    - two\n"
                                "  c:\n"
                                "    x: 1\n"
                                "  d: []\n"
                                "  e: a [b]\n"
                                "scalars:\n");
}

BOOST_AUTO_TEST_CASE(scalars_have_six_decimals) {
    auto run = a_run();
    run.run.scalars = {{.tag = "loss", .last = 0.123, .last_step = 1},
                       {.tag = "big", .last = 1e300, .last_step = -1},
                       {.tag = "bad", .last = std::nan(""), .last_step = 2},
                       {.tag = "far", .last = -INFINITY, .last_step = 3}};
    const auto text = sections(run);
    BOOST_TEST(text.find("  loss: 0.123000 (step 1)\n") != std::string::npos);
    BOOST_TEST(text.find("  bad: nan (step 2)\n  far: -inf (step 3)\n") != std::string::npos);
    const auto shown = boost::json::parse(run_info_json(run, {}));
    BOOST_TEST(shown.at("scalars").at("loss").at(0).as_double() == 0.123);
    BOOST_TEST(shown.at("scalars").at("bad").at(0).is_null());
}

BOOST_AUTO_TEST_CASE(sections_come_on_request_and_in_their_order) {
    auto run = a_run();
    run.run.batch = "/somewhere";
    run.run.proto_flags = {{"x", "1"}};
    run.run.attributes = {{"note", "fine"}};
    run.run.comments = {{"one\ntwo", "h", "u", 0}, {"three", "h", "u", 0}};
    run.run.environment = {{"A", "1"}, {"B", "text"}};
    run.run.manifest_dependencies = {"data.csv"};
    run.run.manifest_sourcecode = {"train.py"};
    run.run.dependencies = {{"data", "file:data.csv", "file:data.csv", {"data.csv"}, ""},
                            {"model", "operation:x", "operation:x", {"../1/m"}, "1"}};
    run.run.plugins = {"cpu"};
    run.run.opref = "script:/p '' '' train";
    run.run.op = "a: 1\nb:\n- c\n";
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    BOOST_TEST(sections(run) == "tags:\nflags:\nproto-flags:\n  x: 1\nscalars:\n"
                                "attributes:\n  note: fine\n");
    const auto text = sections(run, {.comments = true,
                                     .environment = true,
                                     .manifest = true,
                                     .dependencies = true,
                                     .plugins = true});
    BOOST_TEST(text.substr(text.find("comments:")) == "comments:\n"
                                                      "  -\n"
                                                      "    body: |\n"
                                                      "      one\n"
                                                      "      two\n"
                                                      "    host: h\n"
                                                      "    time: 1970-01-01 00:00:00\n"
                                                      "    user: u\n"
                                                      "  -\n"
                                                      "    body: three\n"
                                                      "    host: h\n"
                                                      "    time: 1970-01-01 00:00:00\n"
                                                      "    user: u\n"
                                                      "environment:\n"
                                                      "  A: '1'\n"
                                                      "  B: text\n"
                                                      "manifest:\n"
                                                      "  dependencies:\n"
                                                      "    - data.csv\n"
                                                      "  sourcecode:\n"
                                                      "    - train.py\n"
                                                      "dependencies:\n"
                                                      "  data:\n"
                                                      "    file:data.csv:\n"
                                                      "      paths:\n"
                                                      "      - data.csv\n"
                                                      "      uri: file:data.csv\n"
                                                      "  model:\n"
                                                      "    operation:x:\n"
                                                      "      config: '1'\n"
                                                      "      paths:\n"
                                                      "      - ../1/m\n"
                                                      "      uri: operation:x\n"
                                                      "plugins:\n"
                                                      "  - cpu\n");
    const auto all = run_info_text(run, {.private_attrs = true});
    BOOST_TEST(all.find("opref: script:/p '' '' train\nop:\n  a: 1\n  b:\n  - c\ntags:") !=
               std::string::npos);
    const auto shown = boost::json::parse(run_info_json(run, {.dependencies = true}));
    BOOST_TEST(shown.at("dependencies").at("model").at("operation:x").at("config") == "1");
}

BOOST_AUTO_TEST_CASE(what_a_run_recorded_does_not_move_the_cursor) {
    auto run = a_run();
    run.run.row.label = "\x1b[2Jgone\r";
    run.run.row.tags = {"a\x07"};
    const auto text = run_info_text(run, {});
    BOOST_TEST(text.find("label: ?[2Jgone?\n") != std::string::npos);
    BOOST_TEST(text.find("  - a?\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
