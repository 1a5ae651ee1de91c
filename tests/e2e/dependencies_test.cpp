// Files that an operation requires: of the project, and of other runs of the same machine.
#include "tests/e2e/scene.hpp"
#include "tests/support/wheels.hpp"

#include <boost/mp11/list.hpp>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

using places = boost::mp11::mp_list<over_ssh, over_local>;

const char project[] =
    "- model: ''\n"
    "  operations:\n"
    "    make:\n"
    "      exec: sh -c 'cat data.txt > made.txt; mkdir -p deep; echo x > deep/f'\n"
    "      requires: file:data.txt\n"
    "    use:\n"
    "      exec: cat made.txt\n"
    "      requires: operation:make\n"
    "    pick:\n"
    "      exec: cat in/other.txt\n"
    "      requires:\n"
    "      - operation: make\n"
    "        name: source\n"
    "        select: made.*\n"
    "        rename: made other\n"
    "        target-path: in\n"
    "    named:\n"
    "      exec: cat in/data.txt\n"
    "      requires: data\n"
    "    missing:\n"
    "      exec: cat nothing\n"
    "      requires: file:nothing\n"
    "    unknown:\n"
    "      exec: cat nothing\n"
    "      requires: nonsense\n"
    "  resources:\n"
    "    data:\n"
    "      path: in\n"
    "      sources:\n"
    "      - file: data.txt\n";

template <class Place>
struct with_dependencies : scene<Place> {
    with_dependencies() {
        write_file(this->me.project() + "/guild.yml", project);
        write_file(this->me.project() + "/data.txt", "the data\n");
    }
    program_result run(std::vector<std::string> words, bool far = true) const {
        words.insert(words.begin(), "run");
        words.emplace_back("-y");
        if (far) {
            words.insert(words.end(), {"-r", "gpu1"});
        }
        return this->me.run(words);
    }
    std::string newest() const { return run_id_in(this->me.run({"select", "-r", "gpu1"}).out); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(dependencies)

BOOST_AUTO_TEST_CASE_TEMPLATE(files_of_the_project_are_copied_and_recorded, Place, places) {
    with_dependencies<Place> at;
    check_says(at.run({"make"}), 0, {"Resolving file:data.txt"});
    const auto id = at.newest();
    BOOST_TEST(at.far_file(id, "made.txt") == "the data\n");
    BOOST_TEST(has(at.far_file(id, ".guild/attrs/deps"), "uri: file:data.txt"));
    BOOST_TEST(has(at.far_file(id, ".guild/manifest"), "d data.txt "));
    BOOST_TEST(!has(at.far_file(id, ".guild/manifest"), "s data.txt "));
    const auto named = at.run({"named"});
    check_exit(named, 0);
    BOOST_TEST(named.out == "the data\n");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(files_of_the_newest_suitable_run_are_linked, Place, places) {
    with_dependencies<Place> at;
    check_says(
        at.run({"use"}), 1,
        {"run failed because a dependency was not met: could not resolve 'operation:make' in "
         "operation:make resource: no suitable run for make"});
    BOOST_TEST(has(at.row(at.newest()), "  error"));
    BOOST_TEST(!fs::exists(at.far_run(at.newest()) + "/.guild/attrs/deps"));
    check_exit(at.run({"make"}), 0);
    const auto first = at.newest();
    check_exit(at.run({"make"}), 0);
    const auto second = at.newest();
    const auto used = at.run({"use"});
    check_says(used, 0, {"Resolving operation:make", "Using run " + second.substr(0, 8)});
    BOOST_TEST(used.out == "the data\n");
    const auto id = at.newest();
    BOOST_TEST(fs::read_symlink(at.far_run(id) + "/made.txt") == "../" + second + "/made.txt");
    BOOST_TEST(has(at.far_file(id, ".guild/attrs/deps"), "../" + second + "/made.txt"));
    // The run that is named wins, by a prefix of its id.
    check_says(at.run({"use", "operation:make=" + first.substr(0, 10)}), 0,
               {"Using run " + first.substr(0, 8)});
    check_says(at.run({"use", "operation:make=zzz"}), 1, {"no suitable run for make"});
    check_says(at.run({"pick", "source=" + first}), 0, {"Using run " + first.substr(0, 8)});
    BOOST_TEST(fs::read_symlink(at.far_run(at.newest()) + "/in/other.txt") ==
               "../../" + first + "/made.txt");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(links_between_runs_survive_a_pull, Place, places) {
    with_dependencies<Place> at;
    check_exit(at.run({"make"}), 0);
    check_exit(at.run({"use"}), 0);
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    const auto shown = at.me.run({"cat", "-p", "made.txt"});
    check_exit(shown, 0);
    BOOST_TEST(shown.out == "the data\n");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_cannot_be_resolved_is_said_and_shows_as_an_error, Place,
                              places) {
    with_dependencies<Place> at;
    check_says(at.run({"missing"}), 1,
               {"could not resolve 'file:nothing' in file:nothing resource: cannot find source "
                "file 'nothing'"});
    BOOST_TEST(has(at.row(at.newest()), "  error"));
    check_says(at.run({"unknown"}), 1,
               {"resource 'nonsense' required by operation 'unknown' is not defined"});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_staged_run_takes_what_is_there_when_it_starts, Place, places) {
    with_dependencies<Place> at;
    check_exit(at.run({"use", "--stage"}), 0);
    const auto staged = at.newest();
    BOOST_TEST(has(at.row(staged), "  staged"));
    check_exit(at.run({"make"}), 0);
    const auto made = at.newest();
    const auto started = at.run({"--start", staged});
    check_says(started, 0, {"Using run " + made.substr(0, 8)});
    BOOST_TEST(has(started.out, "the data\n"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(requirements_are_installed_where_the_run_is, Place, places) {
    scene<Place> at;
    const wheels index;
    index.add("tiny_one", "1.0");
    index.add("tiny_one", "2.0");
    at.me.write_config("remotes:\n  gpu1:\n" + at.place.config() + "    venv-activate: \"" +
                       index.activation() + "\"\n");
    write_file(at.me.project() + "/guild.yml",
               "say:\n  main: say\nseen:\n  exec: python3 -c 'import tiny_one; "
               "print(tiny_one.version)'\n");
    write_file(at.me.project() + "/say.py", "import tiny_one\nprint(tiny_one.version)\n");
    write_file(at.me.project() + "/requirements.txt", "tiny_one<2  # the old one\n");
    const auto run = [&](const char* operation) {
        return at.me.run({"run", operation, "-r", "gpu1", "-y"});
    };
    const auto first = run("say");
    check_says(first, 0,
               {"Installing requirements: tiny_one<2\n", "Successfully installed tiny_one-1.0\n"});
    BOOST_TEST(first.out == "1.0\n");
    // A program finds them, too, and nothing is installed twice.
    const auto second = run("seen");
    check_exit(second, 0);
    BOOST_TEST(second.out == "1.0\n");
    BOOST_TEST(!has(second.err, "Installing requirements"));
    write_file(at.me.project() + "/requirements.txt", "tiny_none\n");
    check_says(run("say"), 1,
               {"the installation of the operation's requirements failed with exit code 1",
                "No matching distribution found for tiny_none"});
    // Here the person decides what is installed.
    const auto here = at.me.run({"run", "say", "-y"});
    BOOST_TEST(!has(here.err, "Installing requirements"));
}

BOOST_AUTO_TEST_CASE(children_have_what_is_installed_before_the_first_of_them) {
    scene<over_local> at;
    const wheels index;
    index.add("tiny_one", "2.0");
    at.me.write_config("remotes:\n  gpu1:\n" + at.place.config() + "    venv-activate: \"" +
                       index.activation() + "\"\n");
    write_file(at.me.project() + "/guild.yml", "say:\n  main: say\n  flags-dest: globals\n"
                                               "  flags: {x: 1}\n"
                                               "line:\n  steps: [say, say x=3]\n");
    write_file(at.me.project() + "/say.py",
               "import tiny_one\nx = 1\nprint('has', tiny_one.version)\n");
    write_file(at.me.project() + "/requirements.txt", "tiny_one\n");
    const auto batch = at.me.run({"run", "say", "x=[1,2]", "-r", "gpu1", "-y"});
    check_says(batch, 0, {"Installing requirements: tiny_one\n"});
    BOOST_TEST(count_of("has 2.0\n", batch.out) == 2);
    const auto line = at.me.run({"run", "line", "-r", "gpu1", "-y"});
    check_exit(line, 0);
    BOOST_TEST(count_of("has 2.0\n", line.out) == 2);
    BOOST_TEST(!has(batch.out + line.out + line.err, "Installing requirements"));
    write_file(at.me.project() + "/requirements.txt", "tiny_none\n");
    check_says(at.me.run({"run", "say", "x=[1,2]", "-r", "gpu1", "-y"}), 1,
               {"No matching distribution found for tiny_none"});
}

BOOST_AUTO_TEST_SUITE_END()
