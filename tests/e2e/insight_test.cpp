// What is inside runs, from a person's seat: info, scalars, select and diff, over SSH, over the
// local transport, and of runs of this machine.
#include "tests/e2e/scene.hpp"

#include <boost/json.hpp>
#include <boost/mp11/list.hpp>

using namespace outrider::testing;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;

constexpr const char* guild_file = R"(train:
  exec: python3 -u train.py ${loss}
  flags-import: no
  flags:
    loss: 0.5
    msg: Hello Guild!
    b10: yes
    b9: 1
custom:
  exec: sh -c 'echo Loss is 0.75 in epoch 4; echo "lr= 3"'
  flags-import: no
  output-scalars:
    loss: 'Loss is (\value)'
    step: 'epoch (\step)'
    bad: '('
quiet:
  exec: 'echo loss: 1'
  flags-import: no
  output-scalars: off
)";

// Writes an event file as TensorBoard's own writer does, independently of ours.
constexpr const char* train = R"PY(import os, struct, sys
def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0x82f63b78 if crc & 1 else crc >> 1
    return crc ^ 0xffffffff
def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff
def record(data):
    head = struct.pack("<Q", len(data))
    return head + struct.pack("<I", masked(head)) + data + struct.pack("<I", masked(data))
def field(number, data):
    return bytes([number << 3 | 2, len(data)]) + data
def scalar(tag, step, value):
    inner = field(1, tag.encode()) + b"\x15" + struct.pack("<f", value)
    return record(b"\x09" + struct.pack("<d", 1.0) + b"\x10" + bytes([step])
                  + field(5, field(1, inner)))
def tensor(tag, step, value):
    content = b"\x08\x01\x12\x00" + field(4, struct.pack("<f", value))
    inner = field(1, tag.encode()) + field(9, field(1, field(1, b"scalars"))) + field(8, content)
    return record(b"\x10" + bytes([step]) + field(5, field(1, inner)))
loss = float(sys.argv[1])
os.makedirs("logs")
with open("logs/events.out.tfevents.1700000000.host", "wb") as f:
    f.write(record(b"\x09" + struct.pack("<d", 1.0) + field(3, b"brain.Event:2")))
    for step in range(1, 6):
        f.write(scalar("acc", step, step / 8))
        f.write(tensor("tf2", step, -step / 4))
    f.write(scalar("sys/cpu", 1, 99.0))
    f.write(b"\x20\0\0")
open("model.txt", "w").write("model of %s\n" % loss)
print("loss: %s (step 7)" % (loss * 2))
print("msg: 12")
)PY";

template <class Place>
struct insight : scene<Place> {
    insight() {
        this->me.write_project_file("guild.yml", guild_file);
        this->me.write_project_file("train.py", train);
    }
    /// Runs an operation on gpu1; gives the run's id.
    std::string ran(std::vector<std::string> words) const {
        words.insert(words.begin(), "run");
        words.insert(words.end(), {"-r", "gpu1", "-y"});
        const auto ended = this->me.run(words);
        check_exit(ended, 0);
        return run_id_in(ended.err);
    }
    /// What a command prints about runs of gpu1.
    std::string out_of(std::vector<std::string> words) const {
        words.insert(words.end(), {"-r", "gpu1"});
        const auto ended = this->me.run(words);
        check_exit(ended, 0);
        return ended.out;
    }
};

std::string line_of(const std::string& text, const std::string& name) {
    const auto at = ("\n" + text).find("\n" + name + ": ");
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, name + " is not in:\n" + text);
    const auto begin = at + name.size() + 2;
    return text.substr(begin, text.find('\n', begin) - begin);
}

} // namespace

BOOST_AUTO_TEST_SUITE(insight_into_runs)

BOOST_AUTO_TEST_CASE_TEMPLATE(info_shows_everything_in_its_order, Place, places) {
    insight<Place> at;
    const auto id = at.ran({"train", "loss=0.25", "-t", "b", "-t", "a", "-l", "first"});
    const auto text = at.out_of({"runs", "info"});
    std::size_t last = 0;
    for (const std::string name :
         {"id: ", "operation: ", "from: ", "status: ", "started: ", "stopped: ", "marked: ",
          "label: ", "sourcecode_digest: ", "vcs_commit: ", "run_dir: ", "command: ",
          "exit_status: ", "pid: "}) {
        const auto found = ("\n" + text).find("\n" + name, last);
        BOOST_TEST(found != std::string::npos, name + " is not in its place in:\n" + text);
        last = found;
    }
    BOOST_TEST(line_of(text, "id") == id);
    BOOST_TEST(line_of(text, "operation").starts_with("gpkg.anonymous-"));
    BOOST_TEST(line_of(text, "from").ends_with("==0.0.0"));
    BOOST_TEST(line_of(text, "status") == "completed");
    BOOST_TEST(line_of(text, "marked") == "no");
    BOOST_TEST(line_of(text, "label") == "first");
    BOOST_TEST(line_of(text, "run_dir").ends_with("/runs/" + id));
    BOOST_TEST(line_of(text, "command").ends_with(" -u train.py 0.25"));
    BOOST_TEST(line_of(text, "exit_status") == "0");
    BOOST_TEST(has(text, "\npid: \n"
                         "tags:\n"
                         "  - b\n"
                         "  - a\n"
                         "flags:\n"
                         "  b9: 1\n"
                         "  b10: yes\n"
                         "  loss: 0.25\n"
                         "  msg: Hello Guild!\n"
                         "scalars:\n"
                         "  logs#acc: 0.625000 (step 5)\n"
                         "  logs#tf2: -1.250000 (step 5)\n"),
               text);
    // A name of a flag is none of a scalar.
    BOOST_TEST(text.ends_with("(step 5)\n"), text);
    BOOST_TEST(!has(text, "sys/cpu"));
    BOOST_TEST(has(at.out_of({"runs", "info", "--all-scalars"}), "  logs#acc:\n"
                                                                 "    avg: 0.375000 (step 5)\n"
                                                                 "    first: 0.125000 (step 1)\n"
                                                                 "    last: 0.625000 (step 5)\n"
                                                                 "    max: 0.625000 (step 5)\n"
                                                                 "    min: 0.125000 (step 1)\n"
                                                                 "    total: 1.875000 (step 5)\n"
                                                                 "  logs#sys/cpu:\n"));
    const auto sections =
        at.out_of({"runs", "info", id.substr(0, 6), "-c", "-e", "-m", "-d", "-p"});
    BOOST_TEST(has(sections, "\ncomments:\nenvironment:\n"), sections);
    BOOST_TEST(has(sections, "\n  RUN_ID: "), sections);
    BOOST_TEST(has(sections, "\nmanifest:\n  dependencies:\n  sourcecode:\n"), sections);
    BOOST_TEST(has(sections, "\n    - train.py\n"), sections);
    BOOST_TEST(sections.ends_with("\ndependencies:\nplugins:\n"), sections);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(info_tells_the_same_as_json, Place, places) {
    insight<Place> at;
    const auto id = at.ran({"train", "-t", "a"});
    const auto shown = json::parse(at.out_of({"runs", "info", "--json", "-m", "--private-attrs"}));
    BOOST_TEST(shown.at("id").as_string() == id);
    BOOST_TEST(shown.at("exit_status").as_int64() == 0);
    BOOST_TEST(shown.at("pid").as_string().empty());
    BOOST_TEST(shown.at("flags").at("loss").as_double() == 0.5);
    BOOST_TEST(shown.at("tags").as_array().at(0).as_string() == "a");
    BOOST_TEST(shown.at("scalars").at("logs#acc").as_array().at(0).as_double() == 0.625);
    BOOST_TEST(shown.at("scalars").at("logs#acc").as_array().at(1).as_int64() == 5);
    BOOST_TEST(shown.at("manifest").at("sourcecode").as_array().size() > 1U);
    BOOST_TEST(shown.at("op").at("op-cmd").at("cmd-args").is_array());
    BOOST_TEST(shown.at("opref").as_string().starts_with("package:gpkg.anonymous-"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(output_becomes_scalars_by_the_patterns_of_the_operation, Place,
                              places) {
    insight<Place> at;
    const auto said = at.me.run({"run", "custom", "-r", "gpu1", "-y"});
    check_exit(said, 0);
    BOOST_TEST(has(said.err, "WARNING: output-scalars: '(' cannot be used: '(' without ')'"));
    BOOST_TEST(has(at.out_of({"runs", "info"}), "scalars:\n  loss: 0.750000 (step 4)\n"));
    at.ran({"quiet"});
    BOOST_TEST(has(at.out_of({"runs", "info"}), "scalars:\nattributes:\n"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(scalars_of_a_live_run_are_shown_and_travel_with_a_pull, Place,
                              places) {
    insight<Place> at;
    at.me.write_project_file("guild.yml", "live:\n"
                                          "  exec: sh live.sh ${gate}\n"
                                          "  flags-import: no\n"
                                          "  flags: {gate: ''}\n");
    at.me.write_project_file("live.sh", "echo 'loss: 2 (step 1)'\n"
                                        "while [ ! -e \"$1\" ]; do sleep 0.05; done\n"
                                        "echo 'loss: 1 (step 2)'\n");
    const auto id = at.start({"live", "gate=" + at.gate()});
    eventually("the first value is there",
               [&] { return has(at.out_of({"runs", "info"}), "  loss: 2.000000 (step 1)\n"); });
    const auto running = at.out_of({"runs", "info"});
    BOOST_TEST(line_of(running, "status") == "running");
    BOOST_TEST(line_of(running, "pid") == at.far_file(id, ".guild/LOCK"));
    BOOST_TEST(line_of(running, "stopped").empty());
    at.open_gate();
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    BOOST_TEST(has(at.out_of({"runs", "info"}), "  loss: 1.000000 (step 2)\n"));
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    const auto here = at.me.run({"runs", "info"});
    check_exit(here, 0);
    BOOST_TEST(has(here.out, "  loss: 1.000000 (step 2)\n"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(info_says_what_is_wrong, Place, places) {
    insight<Place> at;
    check_says(at.me.run({"runs", "info", "-r", "gpu1"}), 1, {"no matching runs"});
    const auto id = at.ran({"train"});
    check_says(at.me.run({"runs", "info", "zz", "-r", "gpu1"}), 1,
               {"could not find a run matching 'zz'"});
    check_exit(at.me.run({"runs", "rm", "-r", "gpu1", "-y"}), 0);
    BOOST_TEST(line_of(at.out_of({"runs", "info", "--deleted"}), "id") == id);
    BOOST_TEST(has(at.out_of({"runs", "info", "--deleted", "-m"}), "  logs#acc: 0.625000"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(select_finds_the_best_run, Place, places) {
    insight<Place> at;
    check_says(at.me.run({"select", "-r", "gpu1"}), 1, {"no matching runs"});
    BOOST_TEST(at.out_of({"select", "-A"}).empty());
    const auto low = at.ran({"train", "loss=0.25", "b9=10"});
    const auto high = at.ran({"train", "loss=3", "b9=9", "-l", "the last"});
    const auto middle = at.ran({"train", "loss=1", "b9=x"});
    BOOST_TEST(at.out_of({"select"}) == middle + "\n");
    BOOST_TEST(at.out_of({"select", "2"}) == high + "\n");
    BOOST_TEST(at.out_of({"select", "-A"}) == middle + "\n" + high + "\n" + low + "\n");
    BOOST_TEST(at.out_of({"select", "-s"}) == middle.substr(0, 8) + "\n");
    BOOST_TEST(at.out_of({"select", "-p"}) == at.far_run(middle) + "\n");
    BOOST_TEST(at.out_of({"select", "--min", "=loss"}) == low + "\n");
    BOOST_TEST(at.out_of({"select", "--max", "=loss", "-a", "label"}) == "the last\n");
    BOOST_TEST(at.out_of({"select", "--min", "loss"}) == low + "\n"); // logged by nobody: a flag
    BOOST_TEST(at.out_of({"select", "--max", ".started"}) == middle + "\n");
    BOOST_TEST(at.out_of({"select", "--min", "acc", "-A", "-s"}).size() == 27U);
    BOOST_TEST(at.out_of({"select", "--max", "max acc step"}) == middle + "\n");
    BOOST_TEST(at.out_of({"select", "--min", "=b9", "-A", "-a", "flags"}).starts_with("b10: "));
    BOOST_TEST(at.out_of({"select", "--min", "=b9"}) == high + "\n"); // as a number
    check_says(at.me.run({"select", "--min", "nothing", "-r", "gpu1"}), 1,
               {"no run has a value for 'nothing'"});
    check_says(at.me.run({"select", "--min", "a, b", "-r", "gpu1"}), 1,
               {"invalid col spec 'a, b': multiple cols not supported"});
    check_says(at.me.run({"select", "--min", "a", "--max", "b", "-r", "gpu1"}), 1,
               {"--min and --max cannot both be specified"});
    check_says(at.me.run({"select", "-a", "nothing", "-r", "gpu1"}), 1,
               {"no such run attribute 'nothing'"});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(diff_compares_two_runs_where_they_are, Place, places) {
    insight<Place> at;
    check_says(at.me.run({"diff", "-r", "gpu1"}), 1, {"could not find a run matching '2'"});
    const auto old = at.ran({"train"});
    check_says(at.me.run({"diff", "1", "-r", "gpu1"}), 1, {"there is no run before " + old});
    at.me.write_project_file("train.py", std::string(train) + "print('more')\n");
    const auto fresh = at.ran({"train", "loss=2"});
    const std::string flags = "/.guild/attrs/flags";
    const std::string changed = "-loss: 0.5\n+loss: 2\n";
    const auto text = at.out_of({"diff", "--flags"});
    BOOST_TEST(has(text, "--- " + at.far_run(old) + flags), text);
    BOOST_TEST(has(text, "+++ " + at.far_run(fresh) + flags), text);
    BOOST_TEST(has(text, changed), text);
    BOOST_TEST(has(at.out_of({"diff", fresh, "--flags"}), changed));
    BOOST_TEST(has(at.out_of({"diff", "1:2", "--flags"}), changed));
    BOOST_TEST(has(at.out_of({"diff", fresh, old, "--flags"}), "-loss: 2\n+loss: 0.5\n"));
    BOOST_TEST(has(at.out_of({"diff"}), "diff -ru " + at.far_run(old)));
    BOOST_TEST(has(at.out_of({"diff", "-O"}), "+more\n"));
    const auto code = at.out_of({"diff", "-s"});
    BOOST_TEST(has(code, "+print('more')\n"), code);
    BOOST_TEST(!has(code, "guild.yml"), code);
    BOOST_TEST(at.out_of({"diff", "--cmd", "echo 'a  b'", "-p", "model.txt", "-p", "x"}) ==
               "a  b " + at.far_run(old) + "/model.txt " + at.far_run(fresh) + "/model.txt\n" +
                   "a  b " + at.far_run(old) + "/x " + at.far_run(fresh) + "/x\n");
    BOOST_TEST(at.out_of({"diff", "-D", "-e", "-c", "echo"}) ==
               at.far_run(old) + "/.guild/attrs/env " + at.far_run(fresh) +
                   "/.guild/attrs/env\n/dev/null /dev/null\n");
    check_says(at.me.run({"diff", "-c", "no-such-program", "-r", "gpu1"}), 1,
               {"error running 'no-such-program "});
    check_says(at.me.run({"diff", "-c", "'", "-r", "gpu1"}), 1, {"has an open quote"});
    check_says(at.me.run({"diff", "-w", "-r", "gpu1"}), 1,
               {"--working and --remote cannot both be specified"});
    check_says(at.me.run({"diff", "-a", "-f", "-c", "true", "-r", "gpu1"}), 0,
               {"WARNING: ignoring --flags (already included in --attrs)"});
}

BOOST_AUTO_TEST_CASE(runs_of_this_machine_are_compared_with_each_other_and_with_their_project) {
    insight<over_local> at;
    check_exit(at.me.run({"run", "train", "-y"}), 0);
    check_exit(at.me.run({"run", "train", "loss=2", "-y"}), 0);
    const auto flags = at.me.run({"diff", "-f"});
    check_exit(flags, 0);
    BOOST_TEST(has(flags.out, "-loss: 0.5\n+loss: 2\n"), flags.out);
    const auto working = at.me.run({"diff", "-w"});
    check_exit(working, 0);
    BOOST_TEST(working.out.empty(), working.out);
    at.me.write_project_file("train.py", "changed\n");
    const auto changed = at.me.run({"diff", "1", "--working"});
    check_exit(changed, 0);
    BOOST_TEST(has(changed.out, "+changed\n"), changed.out);
    BOOST_TEST(has(at.me.run({"diff", "--dir", ".", "-p", "train.py"}).out, "+changed\n"));
    check_says(at.me.run({"diff", "-c", "no-such-program"}), 1,
               {"error running 'no-such-program ",
                "[Errno 2] No such file or directory: 'no-such-program'"});
    at.me.write_config("diff:\n  command: echo configured\n");
    BOOST_TEST(at.me.run({"diff", "-O"}).out.starts_with("configured /"));
    const auto info = at.me.run({"runs", "info"});
    check_exit(info, 0);
    BOOST_TEST(line_of(info.out, "from") == at.me.project() + "/guild.yml");
    BOOST_TEST(line_of(info.out, "operation") == "train");
    BOOST_TEST(at.me.run({"select", "--max", "=loss"}).out == at.me.run({"select"}).out);
}

// Read by a program that knows the format from its publishers alone.
BOOST_AUTO_TEST_CASE(event_files_are_what_their_format_says) {
    insight<over_local> at;
    at.me.write_project_file("op.sh", R"(echo 'loss: 0.5 (step 1)'
echo 'loss: 0.25 (step 300)'
echo 'huge: 1e30'
echo 'colour: blue'
mkdir out
echo iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg== |
    base64 -d > out/dot.png
)");
    at.me.write_project_file("guild.yml",
                             "op:\n  exec: sh op.sh\n  flags-import: no\n"
                             "  flags: {lr: 0.5, deep: yes, kind: sgd, none: null, n: 3}\n");
    check_exit(at.me.run({"run", "op", "-y"}), 0);
    check_exit(at.me.run({"run", "op", "lr=2", "kind='7'", "deep=no", "-y"}), 0);
    const auto prepared = at.me.run({"tensorboard", "--test-logdir"});
    check_exit(prepared, 0);
    const std::string said = prepared.err + prepared.out;
    const auto begin = said.find("/", said.find("TensorBoard"));
    BOOST_REQUIRE_MESSAGE(begin != said.npos, said);
    const std::string directory = said.substr(begin, said.find('\n', begin) - begin);
    const std::string reader = "python3 " OUTRIDER_SOURCE "/tests/support/event_files.py ";
    const auto read = run_program({"sh", "-c", reader + "'" + directory + "'"});
    fs::remove_all(directory);
    for (const char* line :
         {"scalar loss step 1 is 0.5\n", "scalar loss step 300 is 0.25\n",
          "scalar huge step 300 is 1e+30\n", "hparam lr type 3 of []\n", "hparam deep type 2 of [",
          "metric loss\n", "metric time\n", "session lr=0.5\n", "session lr=2.0\n",
          "session kind='sgd'\n", "session kind='7'\n", "session deep=True\n",
          "session deep=False\n", "session n=3.0\n", "session ends with 1\n",
          "scalar time step 0 is ", "image out/dot.png 1x1, 70 bytes\n"}) {
        BOOST_TEST(has(read, line), line << " is not in:\n" << read);
    }
    const auto id = run_id_in(at.me.run({"select"}).out);
    const auto of_run = run_program({"sh", "-c", reader + "'" + at.me.run_directory(id) + "'"});
    BOOST_TEST(has(of_run, "text colour is blue\n"), of_run);
    // It knows a damaged file when it sees one.
    const std::string damaged = at.me.directory() / "damaged";
    fs::create_directories(damaged);
    for (const auto& name : names_in(at.me.run_directory(id) + "/.guild")) {
        if (has(name, "tfevents")) {
            auto bytes = read_file(at.me.run_directory(id) + "/.guild/" + name);
            bytes.back() ^= 1;
            write_file(damaged + "/" + name, bytes);
        }
    }
    const auto refused = run_program({"sh", "-c", reader + "'" + damaged + "' 2>&1 || true"});
    BOOST_TEST(has(refused, "has another checksum"), refused);
}

BOOST_AUTO_TEST_CASE(a_run_that_failed_says_why) {
    insight<over_local> at;
    at.me.write_project_file("guild.yml", "lost:\n  exec: sh -c 'kill -9 $PPID; kill -9 $$'\n");
    std::ignore = at.me.run({"run", "lost", "-y"});
    const auto info = at.me.run({"runs", "info"});
    check_exit(info, 0);
    BOOST_TEST(line_of(info.out, "status") == "error");
    BOOST_TEST(has(info.out, "\nreason: its supervisor ended without writing an exit status\n"),
               info.out);
}

BOOST_AUTO_TEST_SUITE_END()
