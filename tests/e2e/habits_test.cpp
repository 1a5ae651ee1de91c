// Habits of the program: JSON, streams, verbosity, completion in real shells, the manual page.
#include "tests/e2e/scene.hpp"
#include "tests/support/json_schema.hpp"

#include <boost/json.hpp>
#include <boost/mp11/list.hpp>

#include <algorithm>
#include <sstream>

using namespace outrider::testing;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;

json::value document(const program_result& ended, const std::string& definition) {
    BOOST_TEST_INFO(ended.out + ended.err);
    BOOST_TEST(schema_problems(ended.out, definition) == "");
    BOOST_TEST(std::ranges::count(ended.out, '\n') == 1);
    return json::parse(ended.out);
}

std::vector<json::value> lines_of(const program_result& ended) {
    std::vector<json::value> lines;
    std::istringstream in(ended.out);
    for (std::string line; std::getline(in, line);) {
        BOOST_TEST(schema_problems(line, "line") == "");
        lines.push_back(json::parse(line));
    }
    BOOST_REQUIRE_MESSAGE(!lines.empty(), ended.err);
    BOOST_TEST(lines.back().at("event").as_string() == "command_ended");
    return lines;
}

std::string error_code(const json::value& document) {
    return std::string(document.at("error").at("code").as_string());
}

bool installed(const std::string& program) {
    return fs::exists("/usr/bin/" + program) || fs::exists("/bin/" + program);
}

// What a person's shell prints for this script, with `outrider` in the PATH.
std::string shell_says(const outrider_program& me, const std::vector<std::string>& words) {
    const auto bin = me.directory() / "bin";
    fs::create_directories(bin);
    if (!fs::exists(bin + "/outrider")) {
        fs::create_symlink(OUTRIDER_PROGRAM, bin + "/outrider");
    }
    auto environment = me.environment;
    environment["PATH"] = bin + ":/usr/bin:/bin";
    running_program shell("/usr/bin/env", words, environment, me.working_directory, "");
    const auto ended = shell.finish();
    BOOST_TEST_INFO(ended.err);
    BOOST_TEST(ended.exit_code == 0);
    return ended.out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(habits)

BOOST_AUTO_TEST_CASE_TEMPLATE(json_is_all_that_stands_on_standard_output, Place, places) {
    scene<Place> at;
    const auto ran = at.me.run({"run", "hello", "msg=grüße", "-r", "gpu1", "-y", "--json"});
    check_exit(ran, 0);
    std::string said;
    std::string id;
    for (const auto& line : lines_of(ran)) {
        if (line.at("event").as_string() == "output_bytes") {
            said += line.at("text").as_string();
        } else if (line.at("event").as_string() == "run_ended") {
            id = line.at("run").at("id").as_string();
            BOOST_TEST(line.at("run").at("status").as_string() == "completed");
        }
    }
    BOOST_TEST(said == "grüße\n");
    BOOST_TEST(ran.err == "");

    const auto far = at.me.run({"runs", "-r", "gpu1", "--json"});
    check_exit(far, 0);
    const auto run = json::parse(far.out).as_array().at(0);
    BOOST_TEST(schema_problems(run, "run") == "");
    BOOST_TEST(run.at("id").as_string() == id);
    BOOST_TEST(run.at("run_dir").as_string() == at.far_run(id));

    const auto files = document(at.me.run({"ls", "-r", "gpu1", "--json"}), "ls");
    BOOST_TEST(files.at("directory").as_string() == at.far_run(id));
    const auto& names = files.at("paths").as_array();
    BOOST_TEST((std::ranges::find(names, json::value("hello.py")) != names.end()));

    const auto pulled = at.me.run({"pull", "gpu1", "-y", "--json"});
    check_exit(pulled, 0);
    BOOST_TEST(lines_of(pulled).front().at("run_id").as_string() == id);
    const auto here = json::parse(at.me.run({"runs", "--json"}).out).as_array();
    BOOST_REQUIRE(here.size() == 1);
    BOOST_TEST(here[0].at("run_dir").as_string() == at.me.run_directory(id));

    const auto stopped = document(at.me.run({"stop", id, "-r", "gpu1", "--json"}), "stop");
    BOOST_TEST(stopped.at("runs").at(0).at("not_running").as_bool());
    const auto status =
        document(at.me.run({"remote", "status", "gpu1", "--json"}), "remote status");
    BOOST_TEST(status.at("home").as_string() == at.place.guild_home());
    const auto gone = document(at.me.run({"runs", "rm", "-r", "gpu1", "-y", "--json"}), "runs rm");
    BOOST_TEST(gone.at("count").as_int64() == 1);
    document(at.me.run({"remotes", "--json"}), "remotes");
    BOOST_TEST(at.me.run({"runs", "-r", "gpu1", "--json"}).out == "[]\n");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(errors_are_json_as_well, Place, places) {
    scene<Place> at;
    const auto unknown = at.me.run({"runs", "-r", "gpu7", "--json"});
    BOOST_TEST(unknown.exit_code == 1);
    BOOST_TEST(unknown.err == "");
    const auto told = document(unknown, "failed");
    BOOST_TEST(error_code(told) == "not_found");
    BOOST_TEST(told.at("error").at("remote").as_string() == "gpu7");

    BOOST_TEST(error_code(document(at.me.run({"ls", "-r", "gpu1", "--json"}), "failed")) ==
               "not_found");
    const auto usage = at.me.run({"runs", "--json", "--wrong"});
    BOOST_TEST(usage.exit_code == 2);
    BOOST_TEST(error_code(document(usage, "failed")) == "usage");

    const auto declined = at.me.run({"run", "hello", "-r", "gpu1", "--json"}, "");
    BOOST_TEST(declined.exit_code == 1);
    BOOST_TEST(has(declined.err, "Continue? (Y/n) "));
    const auto lines = lines_of(declined);
    BOOST_TEST(error_code(lines.back()) == "aborted");
    BOOST_TEST(lines.back().at("exit_code").as_int64() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(quiet_is_quiet_and_verbose_tells_of_the_link, Place, places) {
    scene<Place> at;
    const auto ran = at.me.run({"run", "hello", "-r", "gpu1", "-y", "-q"});
    check_exit(ran, 0);
    BOOST_TEST(ran.out == "hi\n");
    BOOST_TEST(ran.err == "");
    BOOST_TEST(at.me.run({"-q", "stop", "-r", "gpu1", "-y"}).err == "");
    const auto told = at.me.run({"-v", "runs", "-r", "gpu1"});
    BOOST_TEST(has(told.err, "gpu1: connected in "), told.err);
    BOOST_TEST(!has(told.out, "connected"));
    BOOST_TEST(at.me.run({"runs", "-r", "gpu1"}).err == "");
    // What is not there is an error all the same.
    check_says(at.me.run({"-q", "ls", "nosuch", "-r", "gpu1"}), 1, {"could not find a run"});
}

BOOST_AUTO_TEST_CASE(colour_comes_when_it_is_asked_for) {
    const scene<over_local> at;
    check_exit(at.me.run({"run", "fail", "-r", "gpu1", "-y"}), 0);
    BOOST_TEST(!has(at.me.run({"runs", "-r", "gpu1"}).out, "\x1b["));
    BOOST_TEST(has(at.me.run({"runs", "-r", "gpu1", "--color", "always"}).out, "\x1b[31merror"));
    BOOST_TEST(!has(at.me.run({"--no-color", "runs", "-r", "gpu1"}).out, "\x1b["));
}

BOOST_AUTO_TEST_CASE(input_that_ends_or_is_not_wanted_aborts) {
    const scene<over_local> at;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"run", "hello"}, {"run", "hello", "-r", "gpu1"}}) {
        check_says(at.me.run(words), 1, {"Continue? (Y/n) "});
        auto without = words;
        without.emplace_back("--no-input");
        check_says(at.me.run(without, "y\n"), 4, {"use -y"});
    }
    check_exit(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 0);
    check_says(at.me.run({"runs", "rm", "-r", "gpu1"}), 4, {"use -y"});
    check_says(at.me.run({"pull", "gpu1"}), 4, {"use -y"});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(completion_knows_the_project_the_runs_and_the_remotes, Place,
                              places) {
    scene<Place> at;
    const auto offered = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"complete", "bash"});
        return at.me.run(words).out;
    };
    BOOST_TEST(offered({"run", "hel"}) == "hello\n");
    BOOST_TEST(offered({"run", "hello", ""}) == "msg=\ntimes=\nmood=\n");
    BOOST_TEST(offered({"run", "hello", "mood="}) == "mood=calm\nmood=loud\n");
    BOOST_TEST(offered({"runs", "-r", ""}) == "gpu1\n");
    const auto id = at.start({"hello"});
    check_exit(at.me.run({"watch", id, "-r", "gpu1"}), 0);
    BOOST_TEST(offered({"watch", "-r", "gpu1", ""}) == ""); // never listed: nothing is known
    check_exit(at.me.run({"runs", "-r", "gpu1"}), 0);
    BOOST_TEST(offered({"watch", "-r", "gpu1", ""}) == id.substr(0, 8) + "\n");
    BOOST_TEST(offered({"watch", "-r", "gpu1", id.substr(0, 12)}) == id + "\n");
    BOOST_TEST(offered({"runs", "rm", ""}) == ""); // none is here
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST(offered({"cat", ""}) == id.substr(0, 8) + "\n");
    check_exit(at.me.run({"runs", "rm", "-y"}), 0);
    BOOST_TEST(offered({"cat", ""}) == "");
    BOOST_TEST(offered({"runs", "list", "--deleted", ""}) == id.substr(0, 8) + "\n");
}

BOOST_AUTO_TEST_CASE(bash_completes) {
    const scene<over_local> at;
    const std::string script = R"(
source <(outrider completion --bash)
try() { # LINE: as bash calls it, words split at = and : as well
    COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
    read -r -a plain <<< "${1//=/ = }"
    COMP_WORDS=("${plain[@]}")
    [[ $1 == *' ' || $1 == *= ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _outrider_words
    echo "${COMPREPLY[*]}"
}
try 'outrider wat'
try 'outrider run hel'
try 'outrider run hello mo'
try 'outrider run hello mood='
try 'outrider run hello mood=l'
try 'outrider run hello msg=x mood=c'
try 'outrider runs -r '
complete -p outrider
)";
    BOOST_TEST(shell_says(at.me, {"bash", "-c", script}) ==
               "watch\nhello\nmood=\ncalm loud\nloud\ncalm\ngpu1\n"
               "complete -F _outrider_words outrider\n");
}

BOOST_AUTO_TEST_CASE(fish_completes) {
    if (!installed("fish")) {
        return;
    }
    const scene<over_local> at;
    const std::string script = "outrider completion --fish | source\n"
                               "complete -C 'outrider wat'\n"
                               "complete -C 'outrider run hello mood=l'\n"
                               "complete -C 'outrider runs -r '\n";
    BOOST_TEST(
        shell_says(at.me, {"fish", "-c", script}) ==
        "watch\tFollow the output of runs until they end.\nmood=loud\ngpu1\tthe first machine\n");
}

BOOST_AUTO_TEST_CASE(zsh_reads_the_script) {
    if (!installed("zsh")) {
        return;
    }
    const scene<over_local> at;
    BOOST_TEST(shell_says(at.me, {"zsh", "-c", "outrider completion --zsh | zsh -n"}) == "");
}

BOOST_AUTO_TEST_CASE(completion_is_installed_where_the_shell_looks) {
    const scene<over_local> at;
    const auto installed_at = at.me.run({"completion", "--fish", "--install"});
    check_exit(installed_at, 0);
    const auto from = installed_at.err.find('/');
    const auto file = installed_at.err.substr(from, installed_at.err.find('\n') - from);
    BOOST_TEST(read_file(file) == at.me.run({"completion", "--fish"}).out);
}

BOOST_AUTO_TEST_CASE(the_manual_page_has_no_faults) {
    const scene<over_local> at;
    const auto page = at.me.run({"help", "--man"});
    check_exit(page, 0);
    if (installed("man")) {
        write_file(at.me.directory() / "outrider.1", page.out);
        const auto checked = shell_says(
            at.me,
            {"sh", "-c", "LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l \"$1\" 2>&1 >/dev/null",
             "sh", at.me.directory() / "outrider.1"});
        BOOST_TEST(checked == "");
    }
    BOOST_TEST(at.me.run_as("guild", {"help", "--man"}).out.starts_with(".TH GUILD 1 "));
}

BOOST_AUTO_TEST_SUITE_END()
