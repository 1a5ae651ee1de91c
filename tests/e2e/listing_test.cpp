// Which runs are listed: filters, indexes, limits, the trash and archives.
#include "tests/e2e/scene.hpp"

#include <boost/mp11/list.hpp>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <map>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;

/// Makes run directories as Guild leaves them; the one with the greatest `started` is the newest.
class recorded_runs {
  public:
    explicit recorded_runs(std::string runs) : runs_(std::move(runs)) {}

    void add(const std::string& id, const std::string& opref,
             const std::map<std::string, std::string>& attributes) const {
        const std::string guild = runs_ + "/" + id + "/.guild";
        fs::create_directories(guild + "/attrs");
        for (const auto& [name, value] : attributes) {
            write_file(guild + "/attrs/" + name, value + "\n");
        }
        write_file(guild + "/opref", opref);
    }

    /// Four runs, of which each filter keeps some.
    void add_four() const {
        const std::string now = std::to_string(std::time(nullptr)) + "000000";
        add("aaaa0000000000000000000000000001", "package:gpkg.x 1.0 cnn train",
            {{"started", "1715769020000000"}, // 2024-05-15 10:30:20 UTC
             {"exit_status", "0"},
             {"label", "first best"},
             {"flags", "lr: 0.1\nname: alpha"},
             {"tags", "- a\n- b"},
             {"sourcecode_digest", "abc123"}});
        add("aaaa0000000000000000000000000002", "package:gpkg.x 1.0 '' evaluate",
            {{"started", "1715769021000000"},
             {"exit_status", "1"},
             {"flags", "lr: 0.01"},
             {"marked", "true"},
             {"comments", "- body: Worth a Look\n  host: lab\n  time: 1715769022000000\n"
                          "  user: ann"}});
        add("bbbb0000000000000000000000000003", "package:gpkg.y 1.0 '' train",
            {{"started", "1715769022000000"},
             {"exit_status", "-15"},
             {"label", "second"},
             {"flags", "lr: 1.0e-3\nbatch-size: 100"},
             {"sourcecode_digest", "abd456"}});
        add("cccc0000000000000000000000000004", "package:gpkg.y 1.0 '' train",
            {{"started", now}, {"exit_status", "0"}, {"flags", "batch-size: 200"}});
    }

  private:
    std::string runs_;
};

using words = std::vector<std::string>;

/// The ids' last digits of the rows that `runs` shows: "431".
std::string listed(const outrider_program& me, words options) {
    options.insert(options.begin(), "runs");
    options.insert(options.end(), {"--json"});
    const auto ended = me.run(options);
    check_exit(ended, 0);
    std::string out;
    const std::string key = "\"id\":";
    std::string text = ended.out;
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
    for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
        out += text[text.find('"', at + key.size() + 1) - 1];
    }
    return out;
}

struct filter_case {
    words options;
    std::string kept;
};

const std::vector<filter_case> filter_cases = {
    {{}, "4321"},
    {{"-Fo", "train"}, "431"},
    {{"-Fo", "cnn:train"}, "1"},
    {{"-Fo", "gpkg.y/train"}, "43"},
    {{"-Fo", "gpkg.*/eval*"}, "2"},
    {{"-Fo", "^gpkg.x"}, "21"},
    {{"-Fo", "evaluate", "-Fo", "cnn:train"}, "21"},
    {{"-Fl", "best"}, "1"},
    {{"-Fl", "best", "--label", "second"}, "31"},
    {{"-Fl", "-"}, "42"},
    {{"-Fu"}, "42"},
    {{"-Ft", "a"}, "1"},
    {{"-Ft", "c"}, ""},
    {{"-Fc", "a look"}, "2"},
    {{"-Fc", "LAB"}, "2"},
    {{"-Fc", "-"}, "431"},
    {{"-Fm"}, "2"},
    {{"-Fn"}, "431"},
    {{"-Fd", "ab"}, "31"},
    {{"-Fd", "abc"}, "1"},
    {{"-Sc"}, "41"},
    {{"-Set"}, "32"},
    {{"--not-completed"}, "32"},
    {{"-Sc", "-Fo", "gpkg.x/*"}, "1"},
    {{"-Sr"}, ""},
    {{"-Fs", "last hour"}, "4"},
    {{"-Fs", "today"}, "4"},
    {{"-Fs", "after 2024-05-15 10:30:21"}, "432"},
    {{"-Fs", "before 2024-05-15 10:30:21"}, "1"},
    {{"-Fs", "between 2024-05-15 10:30:20 and 2024-05-15 10:30:22"}, "21"},
    {{"-Fs", "2024-05-15"}, "321"},
    {{"-F", "lr = 0.1"}, "1"},
    {{"-F", "lr <= 0.01"}, "32"},
    {{"-F", "lr is undefined"}, "4"},
    {{"-F", "lr is not undefined and status != error"}, "31"},
    {{"-F", "batch-size in [100, 200]"}, "43"},
    {{"-F", "not batch-size = 100 and operation contains TRAIN"}, "41"},
    {{"-F", "(label contains BEST or marked = true)"}, "21"},
    {{"-F", "flag:name = 'alpha'"}, "1"},
    {{"-F", "attr:exit_status < 0"}, "3"},
    {{"-F", "lr > 0", "-F", "lr < 0.1"}, "32"},
    {{"-F", "lr > 0", "2:"}, "21"}, // filters come before indexes
    {{"aaaa0000000000000000000000000001", "bbbb"}, "13"},
    {{"2:3"}, "32"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(listing)

BOOST_AUTO_TEST_CASE_TEMPLATE(filters_keep_what_they_say_here_and_on_a_remote, Place, places) {
    scene<Place> at;
    at.me.environment["TZ"] = "UTC";
    recorded_runs(at.place.guild_home() + "/runs").add_four();
    recorded_runs(at.me.guild_home() + "/runs").add_four();
    for (const auto& c : filter_cases) {
        std::string said;
        for (const auto& word : c.options) {
            said += word + " ";
        }
        auto far = c.options;
        far.insert(far.end(), {"-r", "gpu1"});
        BOOST_TEST(listed(at.me, far) == c.kept, "on the remote: " << said);
        BOOST_TEST(listed(at.me, c.options) == c.kept, "here: " << said);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(scalars_are_read_where_neither_attribute_nor_flag_decides, Place,
                              places) {
    scene<Place> at;
    at.me.write_project_file("guild.yml", "train:\n  exec: sh loss.sh ${value}\n"
                                          "  flags-import: no\n  flags:\n    value: 0\n");
    at.me.write_project_file("loss.sh", "echo loss: $1\n");
    check_exit(at.me.run({"run", "train", "value=0.25", "-r", "gpu1", "-y"}), 0);
    check_exit(at.me.run({"run", "train", "value=0.75", "-r", "gpu1", "-y"}), 0);
    const auto rows = [&](const std::string& filter) {
        const auto shown = at.me.run({"runs", "-s", "-r", "gpu1", "-F", filter});
        check_exit(shown, 0);
        return shown.out;
    };
    BOOST_TEST(has(rows("loss < 0.5"), "0.25"));
    BOOST_TEST(count_of("\n", rows("loss < 0.5")) == 1);
    BOOST_TEST(count_of("\n", rows("scalar:loss > 0")) == 2);
    BOOST_TEST(rows("scalar:value is not undefined").empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_are_cut_at_the_limit_and_counted, Place, places) {
    scene<Place> at;
    recorded_runs runs(at.place.guild_home() + "/runs");
    for (int i = 10; i < 55; ++i) {
        runs.add(std::string(30, 'd') + std::to_string(i), "package:gpkg.x 1.0 '' train",
                 {{"started", "17157690" + std::to_string(i) + "000000"}, {"exit_status", "0"}});
    }
    const auto rows = [&](words options, int shown, int total) {
        options.insert(options.begin(), {"runs", "-r", "gpu1"});
        const auto ended = at.me.run(options);
        check_exit(ended, 0);
        BOOST_TEST(count_of("\n", ended.out) == shown, options.back());
        const auto note = "Showing the first " + std::to_string(shown) + " runs (" +
                          std::to_string(total) +
                          " total) - use --all to show all or -m to show "
                          "more\n";
        // Who says how many knows that there are more.
        const bool limited = std::ranges::find(options, "-n") != options.end();
        BOOST_TEST(ended.err == (shown < total && !limited ? note : ""), options.back());
    };
    rows({}, 20, 45);
    rows({"-m"}, 40, 45);
    rows({"-mm"}, 45, 45);
    rows({"-a"}, 45, 45);
    rows({"-n", "3"}, 3, 45);
    rows({"-Fo", "train"}, 20, 45);
    rows({"-Fo", "train", "-n", "1"}, 1, 45);
    rows({":30"}, 20, 30);
    rows({"-Fo", "other"}, 0, 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(details_and_comments_stand_with_their_runs, Place, places) {
    scene<Place> at;
    recorded_runs(at.place.guild_home() + "/runs").add_four();
    const auto detailed = at.me.run({"runs", "-r", "gpu1", "-v", "2"}).out;
    for (const char* line :
         {"[2:bbbb0000]  gpkg.y/train", "\n  id: bbbb0000000000000000000000000003\n",
          "\n  status: terminated\n", "\n  label: second\n", "\n  marked: no\n",
          "\n  sourcecode_digest: abd456\n", "\n  exit_status: -15\n"}) {
        BOOST_TEST(has(detailed, line), line << " in:\n" << detailed);
    }
    const auto commented = at.me.run({"runs", "-r", "gpu1", "-c", "-Fm"}).out;
    BOOST_TEST(has(commented, "aaaa0000"), commented);
    BOOST_TEST(has(commented, "\n  ann@lab "), commented);
    BOOST_TEST(has(commented, "\n    Worth a Look\n"), commented);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_trash_is_listed_like_runs, Place, places) {
    scene<Place> at;
    recorded_runs(at.place.guild_home() + "/runs").add_four();
    check_says(at.me.run({"runs", "rm", "-Se", "-St", "-r", "gpu1", "-y"}), 0,
               {"Deleted 2 run(s)"});
    BOOST_TEST(listed(at.me, {"-r", "gpu1"}) == "41");
    BOOST_TEST(listed(at.me, {"-r", "gpu1", "-d"}) == "32");
    BOOST_TEST(listed(at.me, {"-r", "gpu1", "-d", "-Fm"}) == "2");
}

BOOST_AUTO_TEST_CASE(archives_are_listed_like_homes) {
    scene<over_local> at;
    const std::string home = at.me.directory() / "archive";
    recorded_runs(home + "/runs").add_four();
    BOOST_TEST(listed(at.me, {"-A", home}) == "4321");
    BOOST_TEST(listed(at.me, {"--archive", home + "/runs", "-Sc"}) == "41");
    check_says(at.me.run({"runs", "-A", home + "/none"}), 1, {"none' is not a valid archive"});
    check_exit(at.me.run({"runs", "-A", home + "/runs/aaaa0000000000000000000000000001"}), 0);
    check_says(at.me.run({"runs", "-A", home, "-r", "gpu1"}), 1, {"cannot both be used"});
    BOOST_TEST(listed(at.me, {}).empty());
}

BOOST_AUTO_TEST_CASE(zip_files_are_listed_like_directories) {
    scene<over_local> at;
    const std::string home = at.me.directory() / "old";
    recorded_runs(home + "/runs").add_four();
    const auto zip = [&](const std::string& name, const std::string& within,
                         const std::string& what) {
        const std::string path = at.me.directory() / name;
        const std::string command =
            "cd '" + within + "' && python3 -m zipfile -c '" + path + "' " + what;
        BOOST_REQUIRE(std::system(command.c_str()) == 0);
        return path;
    };
    const auto of_home = zip("home.zip", home, "runs");
    BOOST_TEST(listed(at.me, {"-A", of_home}) == "4321");
    BOOST_TEST(listed(at.me, {"-A", of_home, "-Fo", "cnn:train"}) == "1");
    BOOST_TEST(listed(at.me, {"-A", zip("parent.zip", at.me.directory().path(), "old")}) == "4321");
    BOOST_TEST(listed(at.me, {"-A", zip("runs.zip", home + "/runs", "*")}) == "4321");
    const std::string broken = at.me.directory() / "broken.zip";
    write_file(broken, read_file(of_home).substr(0, 700));
    check_says(at.me.run({"runs", "-A", broken}), 1, {"cannot read archive", "broken.zip"});
    write_file(broken, "no archive at all");
    check_says(at.me.run({"runs", "-A", broken}), 1, {"cannot read archive", "a zip file"});
    // Nothing of it stays, and nothing leads out of the place where it is unpacked.
    const std::string temporary = at.me.directory() / "tmp";
    fs::create_directories(temporary);
    at.me.environment["TMPDIR"] = temporary;
    const std::string evil = at.me.directory() / "evil.zip";
    const std::string make_evil =
        "python3 -c \"import zipfile, sys\nwith zipfile.ZipFile(sys.argv[1], 'w') as z:\n  "
        "z.writestr('../../.guild/attrs/x', 'x')\n  z.writestr('/" +
        temporary.substr(1) + "/r/.guild/opref', 'x')\" '" + evil + "'";
    BOOST_REQUIRE(std::system(make_evil.c_str()) == 0);
    BOOST_TEST(listed(at.me, {"-A", evil}).empty());
    BOOST_TEST(listed(at.me, {"-A", of_home}) == "4321");
    BOOST_TEST(names_in(temporary).empty());
    BOOST_TEST(!fs::exists(at.me.directory() / ".guild"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(filters_that_make_no_sense_are_refused, Place, places) {
    scene<Place> at;
    recorded_runs(at.place.guild_home() + "/runs").add_four();
    const auto refused = [&](words options, int code, const words& parts) {
        options.insert(options.begin(), {"runs", "-r", "gpu1"});
        check_says(at.me.run(options), code, parts);
    };
    refused({"-F", "lr ="}, 1, {"syntax error in filter - unexpected end of expression"});
    refused({"-F", "lr = 'a"}, 1,
            {"syntax error in filter at position 5: the quote is not closed"});
    refused({"-Fo", "^("}, 1, {"'^(' is not a valid regular expression"});
    refused({"-Fs", "soon"}, 1, {"soon"});
    refused({"-Fo"}, 2, {"option --operation requires an argument"});
    refused({"9"}, 1, {"could not find a run matching '9'", "Try 'outrider runs list'"});
    refused({"aaaa"}, 1, {"'aaaa' matches multiple runs:", "  aaaa0000"});
    refused({"-Fo", "evaluate", "2"}, 1, {"could not find a run matching '2'"});
    check_says(at.me.run({"stop", "-Sr", "-r", "gpu1"}), 2, {"unrecognized option '-Sr'"});
    check_says(at.me.run({"watch", "-Sr", "-r", "gpu1"}), 2, {"unrecognized option '-Sr'"});
}

BOOST_AUTO_TEST_SUITE_END()
