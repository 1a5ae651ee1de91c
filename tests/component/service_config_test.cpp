// A service between whose commands the user edits config.yml.
#include "tests/support/service_scene.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;

namespace {

struct edited_scene {
    service_scene scene;

    edited_scene() {
        write(scene.place() / "guild.yml",
              "say:\n  exec: sh -c 'echo \"[$WORD]\"'\n  sourcecode: no\n");
    }
    /// Writes the remote anew with these keys beside what it takes to reach it.
    void configure(const std::string& keys) const {
        write(scene.place() / "config.yml", "remotes:\n  gpu1:\n    type: local\n    guild-home: " +
                                                scene.far.home.native() + "\n" + keys);
    }
    /// What a command that has to succeed put out.
    [[nodiscard]] awaitable<std::string> output_of(command what) {
        const auto told = co_await scene.perform(std::move(what));
        BOOST_TEST((told.error ? told.error->context : "") == "");
        std::string out;
        for (const auto& each : told.events) {
            if (const auto* piece = std::get_if<output_bytes>(&each)) {
                out += piece->bytes;
            }
        }
        co_return out;
    }
    [[nodiscard]] awaitable<std::string> run() {
        return output_of(run_command{.remote = "gpu1", .operation = "say"});
    }
    [[nodiscard]] awaitable<std::string> reinit() {
        return output_of(remote_start_command{.remote = "gpu1", .reinit = true});
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(edited_configuration)

BOOST_AUTO_TEST_CASE(a_command_does_there_what_the_configuration_says_now) {
    edited_scene it;
    it.scene.serve([&]() -> awaitable<void> {
        it.configure("    venv-activate: export WORD=one\n    init: echo first\n");
        BOOST_TEST(co_await it.run() == "[one]\n");
        BOOST_TEST(co_await it.reinit() == "first\n");
        const auto links = it.scene.with().links.states();
        it.configure("    venv-activate: export WORD=two\n    init: echo second\n");
        BOOST_TEST(co_await it.run() == "[two]\n");
        BOOST_TEST(co_await it.reinit() == "second\n");
        // The way there is the same: the link stayed warm.
        BOOST_TEST((it.scene.with().links.states() == links));
        it.configure("");
        BOOST_TEST(co_await it.run() == "[]\n");
    });
}

BOOST_AUTO_TEST_CASE(another_home_is_another_machine_to_the_service) {
    edited_scene it;
    it.scene.serve([&]() -> awaitable<void> {
        it.configure("");
        std::ignore = co_await it.run();
        const auto links = it.scene.with().links.states().size();
        write(it.scene.place() / "config.yml",
              "remotes:\n  gpu1:\n    type: local\n    guild-home: " +
                  (it.scene.place() / "elsewhere").native() + "\n");
        BOOST_TEST((co_await it.scene.list()).rows.empty());
        BOOST_TEST(it.scene.with().links.states().size() == links + 1);
    });
}

BOOST_AUTO_TEST_SUITE_END()
