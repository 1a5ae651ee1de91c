#pragma once

#include "tests/support/eventually.hpp"
#include "tests/support/outrider_program.hpp"
#include "tests/support/ssh_server.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace outrider::testing {

/// A far machine: a real OpenSSH server on loopback, with a home of its own.
struct over_ssh {
    explicit over_ssh(ssh_server_options options = {}) : server(std::move(options)) {}
    over_ssh(const over_ssh&) = delete;
    over_ssh& operator=(const over_ssh&) = delete;
    ~over_ssh() {
        server.kill();
        end_processes_of(server.directory().path());
    }

    ssh_server server;
    [[nodiscard]] std::string guild_home() const { return server.home() + "/.guild"; }
    /// The remote's keys in config.yml, each line indented.
    [[nodiscard]] std::string config() const;
};

/// Another home on this machine, behind an agent that is a child process.
struct over_local {
    over_local() = default;
    over_local(const over_local&) = delete;
    over_local& operator=(const over_local&) = delete;
    ~over_local() { end_processes_of(directory.path()); }

    temporary_directory directory;
    [[nodiscard]] std::string guild_home() const { return directory / "far"; }
    [[nodiscard]] std::string config() const {
        return "    type: local\n    guild-home: " + guild_home() + "\n";
    }
};

/// The project of the tests: operations that say, wait, fail, write files or have a family.
void write_test_project(const outrider_program& person);
/// The first run id in a text; fails the test where there is none.
[[nodiscard]] std::string run_id_in(const std::string& text);
[[nodiscard]] bool has(const std::string& text, const std::string& part);
/// How often `part` stands in `text`.
[[nodiscard]] int count_of(const std::string& part, const std::string& text);
/// Names in a directory, sorted; empty where there is none.
[[nodiscard]] std::vector<std::string> names_in(const std::string& directory);

/// Fails the test with all that the program said unless it ended with this code.
void check_exit(const program_result& ended, int code);
/// Ends like `check_exit` and its standard error holds every one of these.
void check_says(const program_result& ended, int code, const std::vector<std::string>& parts);

/// A person with the test project, and one remote `gpu1`.
template <class Place>
struct scene {
    Place place;
    outrider_program me;

    scene() { set_up(); }
    template <class Options>
    explicit scene(Options options) : place(std::move(options)) {
        set_up();
    }

    /// Starts an operation on gpu1 without waiting; gives the run's id.
    std::string start(std::vector<std::string> words) const {
        words.insert(words.begin(), "run");
        words.insert(words.end(), {"-r", "gpu1", "-y", "--no-wait"});
        const auto ended = me.run(words);
        check_exit(ended, 0);
        return run_id_in(ended.out);
    }
    [[nodiscard]] std::string gate() const { return me.directory() / "gate"; }
    void open_gate() const { write_file(gate(), ""); }
    [[nodiscard]] std::string far_run(const std::string& id) const {
        return place.guild_home() + "/runs/" + id;
    }
    [[nodiscard]] std::string far_file(const std::string& id, const std::string& name) const {
        return read_file(far_run(id) + "/" + name);
    }
    [[nodiscard]] std::string copied_file(const std::string& id, const std::string& name) const {
        return read_file(me.run_directory(id) + "/" + name);
    }
    /// The one row of a listing that shows the run.
    [[nodiscard]] std::string row(const std::string& id, bool far = true) const {
        std::vector<std::string> words{"runs", "--all"};
        if (far) {
            words.insert(words.end(), {"-r", "gpu1"});
        }
        const auto listed = me.run(words);
        check_exit(listed, 0);
        const auto at = listed.out.find(":" + id.substr(0, 8) + "]");
        BOOST_REQUIRE_MESSAGE(at != std::string::npos, "run " + id + " not in:\n" + listed.out);
        return listed.out.substr(at, listed.out.find('\n', at) - at);
    }

  private:
    void set_up() {
        me.write_config("remotes:\n  gpu1:\n    description: the first machine\n" + place.config());
        write_test_project(me);
    }
};

} // namespace outrider::testing
