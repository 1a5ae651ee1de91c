#include "tests/e2e/scene.hpp"

#include <csignal>
#include <filesystem>
#include <tuple>

#include <sys/stat.h>

using namespace outrider::testing;

namespace {

using local_scene = scene<over_local>;

std::string socket_of(const outrider_program& me) {
    return me.environment.at("OUTRIDER_SOCKET");
}

// The pid that `serve status` tells.
pid_t service_pid(const outrider_program& me) {
    const auto told = me.run({"serve", "status"});
    check_exit(told, 0);
    BOOST_REQUIRE(has(told.out, "pid:      "));
    return std::stoi(told.out.substr(told.out.find("pid:") + 4));
}

void start_service(const outrider_program& me) {
    check_says(me.run({"serve", "--detach"}), 0, {"Service started (pid "});
}

mode_t mode_of(const std::string& path) {
    struct stat facts{};
    BOOST_REQUIRE_MESSAGE(::stat(path.c_str(), &facts) == 0, path);
    return facts.st_mode & 07777;
}

} // namespace

BOOST_AUTO_TEST_SUITE(serving)

BOOST_AUTO_TEST_CASE(a_command_says_the_same_with_a_service_as_without) {
    const local_scene it;
    const auto id = run_id_in(it.me.run({"run", "hello", "-y", "-r", "gpu1"}).out +
                              it.me.run({"runs", "--json", "-r", "gpu1"}).out);
    check_exit(it.me.run({"run", "hello", "-y"}), 0);
    check_exit(it.me.run({"label", "-r", "gpu1", "-s", "good", "-y", id}), 0);
    struct given {
        std::vector<std::string> words;
        std::string input;
    };
    const std::vector<given> commands = {
        {{"runs"}, ""},
        {{"runs", "-r", "gpu1"}, ""},
        {{"runs", "--json", "-r", "gpu1"}, ""},
        {{"runs", "info", id, "-r", "gpu1"}, ""},
        {{"cat", "-r", "gpu1", "-p", ".guild/opref"}, ""},
        {{"cat", "-r", "gpu1", "--output"}, ""},
        {{"ls", "-r", "gpu1"}, ""},
        {{"watch", id, "-r", "gpu1"}, ""},
        {{"select", "-r", "gpu1"}, ""},
        {{"remotes"}, ""},
        {{"label", "-r", "gpu1", "-s", "good", id}, "n\n"},
        {{"label", "-r", "gpu1", "-s", "good", id}, ""},
        {{"label", "-r", "gpu1", "-s", "good", id}, "y\n"},
        {{"stop", "-r", "gpu1", "-y"}, ""},
        {{"pull", "gpu1", "--dry-run"}, ""},
        {{"runs", "-r", "nowhere"}, ""},
        {{"cat", "-r", "gpu1", "-p", "none"}, ""},
        {{"run", "no_such_operation", "-y"}, ""},
        {{"runs", "--no-such-option"}, ""},
        {{"operations"}, ""},
        {{"open", "-r", "gpu1"}, ""},
    };
    std::vector<program_result> alone;
    for (const auto& each : commands) {
        alone.push_back(it.me.run(each.words, each.input));
    }
    start_service(it.me);
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const auto served = it.me.run(commands[i].words, commands[i].input);
        std::string line;
        for (const auto& word : commands[i].words) {
            line += word + " ";
        }
        BOOST_TEST_CONTEXT(line) {
            BOOST_TEST(served.exit_code == alone[i].exit_code);
            BOOST_TEST(served.out == alone[i].out);
            BOOST_TEST(served.err == alone[i].err);
        }
    }
    check_says(it.me.run({"serve", "stop"}), 0, {"Service stopped"});
}

BOOST_AUTO_TEST_CASE(the_service_takes_the_commands_and_counts_them) {
    const local_scene it;
    start_service(it.me);
    auto watched = it.me.start({"run", "gate", "-y", "file=" + it.gate()});
    eventually("the service has a command",
               [&] { return has(it.me.run({"serve", "status"}).out, "commands: 1\n"); });
    it.open_gate();
    check_exit(watched.finish(), 0);
    eventually("it has none",
               [&] { return has(it.me.run({"serve", "status"}).out, "commands: 0\n"); });
    // This one is left to its own process.
    auto alone = it.me.start({"run", "gate", "-y", "--no-service", "file=" + it.gate() + "2"});
    eventually("it runs", [&] { return has(it.me.run({"runs"}).out, "running"); });
    BOOST_TEST(has(it.me.run({"serve", "status"}).out, "commands: 0\n"));
    write_file(it.gate() + "2", "");
    check_exit(alone.finish(), 0);
}

BOOST_AUTO_TEST_CASE(an_interrupt_of_a_client_detaches_its_watch) {
    const local_scene it;
    start_service(it.me);
    const auto id = it.start({"gate", "file=" + it.gate()});
    auto watch = it.me.start({"watch", id, "-r", "gpu1"});
    eventually("it watches",
               [&] { return has(it.me.run({"serve", "status"}).out, "commands: 1\n"); });
    watch.signal(SIGINT);
    check_exit(watch.finish(), 0);
    BOOST_TEST(has(it.row(id), "running"));
    it.open_gate();
}

BOOST_AUTO_TEST_CASE(a_client_that_reads_slowly_gets_all_and_holds_up_nobody) {
    const local_scene it;
    start_service(it.me);
    const auto id = it.start({"hello"});
    check_exit(it.me.run({"watch", id, "-r", "gpu1"}), 0);
    std::string much;
    for (int i = 0; much.size() < (std::size_t{40} << 20); ++i) {
        much += "line " + std::to_string(i) + " of an output that is larger than what may wait\n";
    }
    write_file(it.far_run(id) + "/.guild/output", much);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"cat", id, "-r", "gpu1", "--output"},
          std::vector<std::string>{"watch", id, "-r", "gpu1"}}) {
        BOOST_TEST_CONTEXT(words.front()) {
            auto slow = it.me.start(words);
            eventually("the pipe is full", [&] { return slow.unread() == 65536; });
            BOOST_TEST(has(it.me.run({"runs", "--fresh", "-r", "gpu1"}).out, "hello"));
            BOOST_TEST(has(it.me.run({"serve", "status"}).out, "commands: 1\n"));
            const auto ended = slow.finish();
            check_exit(ended, 0);
            BOOST_TEST((ended.out == much));
            auto left = it.me.start(words);
            eventually("the pipe is full", [&] { return left.unread() == 65536; });
            left.signal(SIGINT);
            left.signal(SIGINT);
            std::ignore = left.finish(); // it may have been told of all of it
        }
    }
    eventually("no command is left",
               [&] { return has(it.me.run({"serve", "status"}).out, "commands: 0\n"); });
}

BOOST_AUTO_TEST_CASE(a_second_service_is_refused_and_a_killed_one_replaced) {
    const local_scene it;
    start_service(it.me);
    BOOST_TEST(mode_of(socket_of(it.me)) == 0600U);
    BOOST_TEST(mode_of(std::filesystem::path(socket_of(it.me)).parent_path()) == 0700U);
    check_says(it.me.run({"serve"}), 1, {"a service is running already"});
    check_says(it.me.run({"serve", "--detach"}), 1, {"a service is running already"});
    const auto id = it.start({"gate", "file=" + it.gate()});
    auto watch = it.me.start({"watch", id, "-r", "gpu1"});
    eventually("it watches",
               [&] { return has(it.me.run({"serve", "status"}).out, "commands: 1\n"); });
    ::kill(service_pid(it.me), SIGKILL);
    check_says(watch.finish(), 1, {"the service has ended before the command did"});
    check_says(it.me.run({"serve", "status"}), 1, {"no service is running"});
    check_says(it.me.run({"serve", "stop"}), 1, {"no service is running"});
    BOOST_TEST(has(it.row(id), "running"));
    start_service(it.me);
    it.open_gate();
    check_exit(it.me.run({"wait", id, "-r", "gpu1"}), 0);
}

BOOST_AUTO_TEST_CASE(a_stop_detaches_watches_and_leaves_runs_alone) {
    const local_scene it;
    auto service = it.me.start({"serve"});
    service.wait_for_err("serving at");
    const auto id = it.start({"gate", "file=" + it.gate()});
    auto watch = it.me.start({"watch", id, "-r", "gpu1"});
    eventually("it watches",
               [&] { return has(it.me.run({"serve", "status"}).out, "commands: 1\n"); });
    check_exit(it.me.run({"serve", "stop"}), 0);
    check_exit(service.finish(), 0);
    check_exit(watch.finish(), 0);
    BOOST_TEST(!std::filesystem::exists(socket_of(it.me)));
    BOOST_TEST(has(it.row(id), "running"));
    it.open_gate();
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it_in_an_orderly_way) {
    const local_scene it;
    auto service = it.me.start({"serve", "--listen", "0"});
    service.wait_for_err("http://127.0.0.1:");
    BOOST_TEST(mode_of(socket_of(it.me) + ".token") == 0600U);
    const auto token = read_file(socket_of(it.me) + ".token");
    const auto told = it.me.run({"serve", "status"}).out;
    BOOST_REQUIRE_MESSAGE(has(told, "/login?code="), told);
    const auto at = told.find("code=") + 5;
    const auto code = told.substr(at, told.find(' ', at) - at);
    BOOST_TEST(!has(told, token.substr(0, token.size() - 1)));
    service.signal(SIGTERM);
    const auto ended = service.finish();
    check_says(ended, 0, {"the service has ended"});
    for (const auto& secret : {token.substr(0, token.size() - 1), code}) {
        BOOST_TEST(!has(ended.err, secret)); // a log is read by others
    }
    BOOST_TEST(!std::filesystem::exists(socket_of(it.me)));
    BOOST_TEST(!std::filesystem::exists(socket_of(it.me) + ".token"));
}

BOOST_AUTO_TEST_CASE(a_service_of_another_build_is_said_and_not_used) {
    const local_scene it;
    const auto build = [&] {
        const auto told = it.me.run({"serve", "status", "--json"}).out;
        const auto at = told.find("\"build\":\"") + 9;
        return told.substr(at, told.find('"', at) - at);
    };
    start_service(it.me);
    const auto id = build();
    BOOST_REQUIRE_MESSAGE(id.size() == 40, "the program has no build id: " + id);
    check_exit(it.me.run({"serve", "stop"}), 0);

    // The same program with one bit of its build id changed.
    std::string bytes = read_file(OUTRIDER_PROGRAM);
    std::string raw;
    for (std::size_t i = 0; i < id.size(); i += 2) {
        raw += static_cast<char>(std::stoi(id.substr(i, 2), nullptr, 16));
    }
    const auto at = bytes.find(raw);
    BOOST_REQUIRE(at != std::string::npos);
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    const std::string other = it.me.directory() / "other";
    write_file(other, bytes, 0700);
    running_program service(other, {"serve"}, it.me.environment, it.me.working_directory, "");
    service.wait_for_err("serving at");

    const auto listed = it.me.run({"runs"});
    check_says(listed, 0, {"the service runs another version of outrider"});
    BOOST_TEST(count_of("another version", listed.err) == 1);
    check_exit(it.me.run({"serve", "stop"}), 0); // of any build
    check_exit(service.finish(), 0);
    BOOST_TEST(it.me.run({"runs"}).err == "");
}

BOOST_AUTO_TEST_CASE(what_others_may_have_put_there_is_not_used) {
    local_scene it;
    const std::string open_place = it.me.directory() / "open";
    std::filesystem::create_directory(open_place);
    ::chmod(open_place.c_str(), 0777);
    it.me.environment["OUTRIDER_SOCKET"] = open_place + "/serve.sock";
    check_says(it.me.run({"serve"}), 1, {"others may write to it"});
    write_file(open_place + "/serve.sock", "");
    check_says(it.me.run({"runs"}), 0, {"not used"});
}

BOOST_AUTO_TEST_CASE(a_unit_of_systemd_is_written) {
    const local_scene it;
    const auto told = it.me.run({"serve", "--install", "--listen", "7878"});
    check_exit(told, 0);
    BOOST_TEST(has(told.out, "systemctl --user enable --now outrider.service"));
    const auto unit =
        read_file(it.me.environment.at("XDG_CONFIG_HOME") + "/systemd/user/outrider.service");
    BOOST_TEST(has(unit, std::string("ExecStart=\"") + OUTRIDER_PROGRAM + "\" serve"));
    BOOST_TEST(has(unit, "--listen 7878"));
    BOOST_TEST(has(unit, "KillMode=process")); // runs are left alone
}

BOOST_AUTO_TEST_SUITE_END()
