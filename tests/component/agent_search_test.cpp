// Searches that learn, as the agent on their machine runs them.
#include "tests/support/children_scene.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// A search for a whole number `x` from 0 to 100; each trial is `sh -c SCRIPT`, where `${x}` is it.
struct search_scene : children_scene {
    explicit search_scene(const std::string& script = "echo loss: ${x}") {
        head.common.opref = "guildfile:/p 1 '' train";
        head.objective = {.name = "loss"};
        head.search = protocol::children_search{
            .settings = {.space = read_search_space({{"x", "[0:100]"}, {"note", "a b"}}).value(),
                         .max_trials = 6,
                         .random_starts = 3,
                         .seed = 7,
                         .prev_trials = "batch"},
            .recipe = {.command = {.words = {"/bin/sh", "-c", script}}},
            .operation = "train"};
    }
    std::vector<std::string> trials(const std::string& of = "p") const {
        std::vector<std::string> out;
        const std::string text = content(at.run(of).children());
        for (auto begin = text.find('\n') + 1; begin < text.size();) {
            const auto end = text.find('\n', begin);
            const auto child =
                protocol::decode<protocol::planned_child>(text.substr(begin, end - begin));
            out.push_back(child.value().id);
            begin = end + 1;
        }
        return out;
    }
    std::vector<std::string> tried(const std::string& of = "p") const {
        std::vector<std::string> out;
        for (const auto& id : trials(of)) {
            out.push_back(content(at.run(id).attribute("flags")));
        }
        return out;
    }
    std::string states_of_trials() const {
        std::string out;
        for (const auto& id : trials()) {
            out += boost::describe::enum_to_string(status(id).state, "?")[0];
        }
        return out;
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_search)

BOOST_FIXTURE_TEST_CASE(trials_come_from_those_before_them, search_scene) {
    const auto output = perform();
    const auto ids = trials();
    BOOST_REQUIRE(ids.size() == 6U);
    std::string expected;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const std::string flags = tried()[i]; // "note: a b\nx: 42\n"
        const std::string x =
            flags.substr(flags.find("x: ") + 3, flags.rfind('\n') - flags.find("x: ") - 3);
        expected += i < 3 ? "INFO: [guild] Random start for optimization (" +
                                std::to_string(i + 1) + " of 3)\n"
                          : "INFO: [guild] Found " + std::to_string(i) +
                                " previous trial(s) for use in optimization\n";
        expected += "INFO: [guild] Running trial " + ids[i] + ": train (note='a b', x=" + x + ")\n";
        expected += "loss: " + x + "\n";
        BOOST_TEST(content(at.run(ids[i]).attribute("label")) == "note='a b' x=" + x + "\n");
        BOOST_TEST(fs::read_symlink(at.run("p").directory / ids[i]) == "../" + ids[i]);
    }
    BOOST_TEST(output == expected);
    BOOST_TEST(states_of_trials() == "cccccc");
    BOOST_TEST((status("p").state == run_state::completed));
}

BOOST_FIXTURE_TEST_CASE(what_fails_or_tells_nothing_is_known_as_such, search_scene) {
    head.search->settings.random_starts = 0;
    head.search->settings.max_trials = 2;
    head.search->settings.objective = "acc";
    head.objective = {.name = "acc"};
    const auto output = perform();
    BOOST_TEST(
        has(output, "INFO: [guild] Random start for optimization (missing previous trials)\n"));
    BOOST_TEST(
        has(output, "INFO: [guild] Random start for optimization (cannot find objective 'acc')\n"));
    BOOST_TEST(states_of_trials() == "cc");
}

BOOST_FIXTURE_TEST_CASE(a_failed_trial_is_not_the_end, search_scene) {
    head.keep_going = true;
    head.search->recipe.command.words.back() = "[ ${x} -lt 50 ] && echo loss: ${x}";
    const auto output = perform();
    BOOST_TEST(states_of_trials().size() == 6U);
    BOOST_TEST(states_of_trials().find_first_not_of("ce") == std::string::npos);
    BOOST_TEST((status("p").state == run_state::completed));
}

// The operation of the batch is killed while a trial runs; what goes on then tries what would have
// been tried.
BOOST_FIXTURE_TEST_CASE(an_interrupted_search_goes_on_as_it_would_have, search_scene) {
    std::ignore = perform();
    const auto whole = tried();
    search_scene other("[ -e ../go ] || mkfifo gate; [ -e ../go ] || cat gate; echo loss: ${x}");
    write(other.at.home / "runs/go", "");
    other.pack();
    other.head.search->settings.max_trials = 4;
    other.pack();
    other.agent.call(other.parent());
    std::ignore = other.follow("p");
    fs::remove(other.at.home / "runs/go");
    other.head.search->settings.max_trials = 6;
    other.pack("more");
    auto more = other.again("more");
    more.children = "more";
    const auto started = other.agent.call(more);
    eventually("the fifth runs", [&] {
        return other.trials().size() == 5 &&
               fs::exists(other.at.run(other.trials()[4]).directory / "gate");
    });
    ::kill(static_cast<pid_t>(started.run.operation_pid), SIGKILL);
    std::ignore = other.follow("p");
    write(other.at.home / "runs/go", "");
    other.agent.call(other.again("again"));
    write(other.at.run(other.trials()[4]).directory / "gate", "\n");
    const auto output = other.follow("p");
    BOOST_TEST(has(output, "INFO: [guild] Found 5 previous trial(s) for use in optimization\n"));
    BOOST_TEST(other.states_of_trials() == "cccccc");
    BOOST_TEST(other.tried() == whole, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_line_of_the_plan_that_was_cut_off_is_none, search_scene) {
    head.search->settings.max_trials = 2;
    std::ignore = perform();
    write(at.run("p").children(), content(at.run("p").children()) + "{\"id\": \"ab");
    head.search->settings.max_trials = 3;
    pack("more");
    auto more = again("more");
    more.children = "more";
    agent.call(more);
    std::ignore = follow("p");
    BOOST_TEST(states_of_trials() == "ccc");
}

BOOST_FIXTURE_TEST_CASE(runs_before_it_count_as_the_search_says, search_scene) {
    head.common.attributes["sourcecode_digest"] = "abc\n";
    head.search->settings.max_trials = 3;
    std::ignore = perform();
    const auto found_by = [&](const std::string& id, const std::string& prev_trials) {
        head.search->settings = {.space = head.search->settings.space,
                                 .max_trials = 1,
                                 .random_starts = 0,
                                 .seed = 1,
                                 .prev_trials = prev_trials};
        pack(id);
        auto request = parent();
        request.run_id = id;
        request.children = id;
        agent.call(request);
        return follow(id);
    };
    BOOST_TEST(has(found_by("q", "sourcecode"), "Found 3 previous trial(s)"));
    BOOST_TEST(has(found_by("r", "batch"), "(missing previous trials)"));
    head.common.attributes["sourcecode_digest"] = "def\n";
    BOOST_TEST(has(found_by("s", "sourcecode"), "(missing previous trials)"));
    head.common.opref = "guildfile:/p 2 '' train"; // the project has changed since
    BOOST_TEST(has(found_by("t", "operation"), "Found 6 previous trial(s)"));
    head.common.opref = "guildfile:/p 2 '' other";
    BOOST_TEST(has(found_by("u", "operation"), "(missing previous trials)"));
}

BOOST_FIXTURE_TEST_CASE(a_search_can_try_several_at_once, search_scene) {
    head.parallel = 3;
    std::ignore = perform();
    BOOST_TEST(states_of_trials() == "cccccc");
}

BOOST_FIXTURE_TEST_CASE(each_trial_has_a_config_of_its_own, search_scene) {
    head.common.dependencies = {
        {.resource = "c",
         .source = "config:c.yml",
         .uri = "config:c.yml",
         .entries = {{.place = "in/c.yml", .source = ".guild/generated/0a1b2c3d/c.yml"}},
         .package_directory = "0",
         .replace_existing = true,
         .always_resolve = true}};
    head.search->configs = {
        {.dependency = 0,
         .recipe = {.name = "c.yml",
                    .base = boost::json::object{{"x", 0}, {"deep", boost::json::object{{"y", 1}}}},
                    .flags = {{"note", {.name = "deep.note"}}}}}};
    head.search->settings.max_trials = 2;
    head.search->recipe.command.words.back() = "cat in/c.yml";
    const auto output = perform();
    BOOST_TEST(states_of_trials() == "cc");
    for (const auto& id : trials()) {
        const std::string flags = content(at.run(id).attribute("flags"));
        const std::string expected =
            "deep:\n  note: a b\n  'y': 1\n" + flags.substr(flags.find("x: "));
        BOOST_TEST(content(at.run(id).directory / "in/c.yml") == expected);
        BOOST_TEST(content(at.run(id).guild() / "generated/0a1b2c3d/c.yml") == expected);
        BOOST_TEST(has(output, expected));
        BOOST_TEST(content(at.run(id).attribute("deps")) ==
                   "c:\n  config:c.yml:\n    paths:\n    - .guild/generated/0a1b2c3d/c.yml\n"
                   "    uri: config:c.yml\n");
        BOOST_TEST(has(content(at.run(id).manifest()), "d in/c.yml - config:c.yml\n"));
    }
}

// ---- programs that are asked

namespace {

/// A search whose trials a shell script suggests; `$line` is what it is told.
struct asked_scene : search_scene {
    explicit asked_scene(const std::string& on_ask) {
        script = "n=0\nwhile read -r line; do\n  case \"$line\" in\n"
                 "  *'\"ask\"'*) n=$((n+1)); " +
                 on_ask + ";;\n  *) echo \"$line\" >> ../told;;\n  esac\ndone\n";
        head.search->program =
            protocol::optimizer_program{.words = {"sh", "-c", script}, .options = {{"k", 2}}};
        head.search->settings.max_trials = 3;
    }
    std::string told() const { return content(at.run("p").guild() / "told"); }

    std::string script;
};

struct counting_scene : asked_scene {
    counting_scene() : asked_scene(R"(echo "{\"flags\":{\"x\":$n}}")") {}
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_program_is_asked_and_told, counting_scene) {
    head.search->recipe.command.words.back() = "[ ${x} -ne 2 ] && echo loss: ${x}";
    const auto output = perform();
    BOOST_TEST(states_of_trials() == "cec");
    BOOST_TEST(has(output, "train (note='a b', x=1)\nloss: 1\n"));
    BOOST_TEST(has(told(), R"({"begin":{"objective":"loss","maximize":false,"max_trials":3,)"));
    BOOST_TEST(has(told(), R"("options":{"k":2},"constant":{"note":"a b"},"space":[{"flag":"x",)"));
    BOOST_TEST(has(told(), R"({"tell":{"number":0,"flags":{"note":"a b","x":1},)"
                           R"("status":"completed","objective":1E0}})"));
    BOOST_TEST(has(told(), R"("x":2},"status":"error","objective":null}})"));
    BOOST_TEST(has(told(), R"("number":2,)"));
    BOOST_TEST((status("p").state == run_state::completed));
}

BOOST_FIXTURE_TEST_CASE(a_program_can_have_enough, counting_scene) {
    head.search->program->words.back().replace(head.search->program->words.back().find("echo \"{"),
                                               0, "[ $n -lt 3 ] || echo '{\"done\":true}'; ");
    std::ignore = perform();
    BOOST_TEST(states_of_trials() == "cc");
    BOOST_TEST((status("p").state == run_state::completed));
}

BOOST_AUTO_TEST_CASE(a_program_that_is_no_good_ends_the_batch_and_no_trial) {
    const std::pair<const char*, const char*> cases[] = {
        {R"([ $n -lt 2 ] || exit 3; echo '{"flags":{"x":1}}')", "ended (exit 3) instead of"},
        {R"([ $n -lt 2 ] || kill -9 $$; echo '{"flags":{"x":1}}')", "ended (signal 9) instead of"},
        {R"([ $n -lt 2 ] || { echo nonsense; continue; }; echo '{"flags":{"x":1}}')",
         "is no JSON object: nonsense"},
        {R"([ $n -lt 2 ] || { echo '{"flags":{"y":1}}'; continue; }; echo '{"flags":{"x":1}}')",
         "has a flag that is not searched: y"},
        {R"([ $n -lt 2 ] || { sleep 600; }; echo '{"flags":{"x":1}}')",
         "did not answer within 1 s"},
        {R"([ $n -lt 2 ] || { exec tr '\0' x < /dev/zero; }; echo '{"flags":{"x":1}}')",
         "a line of more than 1 MiB"},
    };
    for (const auto& [on_ask, why] : cases) {
        asked_scene scene(on_ask);
        scene.head.search->program->answer_limit_ms =
            std::string(why).starts_with("did") ? 500 : 60'000;
        const auto output = scene.perform();
        BOOST_TEST(has(output, "ERROR: [guild] "), output);
        BOOST_TEST(has(output, why), output);
        BOOST_TEST(scene.states_of_trials() == "c");
        BOOST_TEST(scene.status("p").exit_status.value() == 1);
    }
    counting_scene missing;
    missing.head.search->program->words = {"./no-such-program"};
    BOOST_TEST(
        has(missing.perform(), "optimizer './no-such-program' cannot be started: cannot execute"));
}

BOOST_FIXTURE_TEST_CASE(a_batch_that_waits_for_its_program_can_be_stopped, search_scene) {
    head.search->program = protocol::optimizer_program{
        .words = {"sh", "-c",
                  "while read -r line; do case $line in *ask*) mkfifo asked;; esac; done"}};
    pack();
    agent.call(parent());
    eventually("it is asked", [&] { return fs::exists(at.run("p").proto() / "asked"); });
    BOOST_TEST(stop("p").survivors.empty());
    BOOST_TEST((status("p").state == run_state::terminated));
}

// ---- early stop and progress

BOOST_FIXTURE_TEST_CASE(a_trial_that_is_not_worth_it_is_stopped_early, children_scene) {
    head.objective = {.name = "loss"};
    head.early_stop = protocol::children_early_stop{.settings = {.trials = 2}, .scalar = "loss"};
    child("for s in 1 2 3; do echo \"loss: 1 (step $s)\"; done");
    child("for s in 1 2 3; do echo \"loss: 2 (step $s)\"; done");
    child("echo 'loss: 9 (step 1)'; exec sleep 600");
    child("for s in 1 2 3; do echo \"loss: 0.5 (step $s)\"; done");
    const auto output = perform();
    BOOST_TEST(has(output, "INFO: [guild] Trial c2 stopped early: rank 3 of 3 at step 1\n"),
               output);
    BOOST_TEST(!has(output, "Trial c2 was terminated"));
    BOOST_TEST(states() == "cctc");
    BOOST_TEST(status("c2").reason == "stopped early: rank 3 of 3 at step 1");
    BOOST_TEST((status("p").state == run_state::completed));
    const auto progress =
        protocol::decode<protocol::children_progress>(content(at.run("p").children_progress()))
            .value();
    BOOST_TEST(progress.done == 4);
    BOOST_TEST(progress.failed == 0);
    BOOST_TEST(progress.running == 0);
    BOOST_TEST(progress.best.value() == 0.5);
    BOOST_TEST(progress.best_flags == "n=3");
}

BOOST_FIXTURE_TEST_CASE(a_trial_that_does_not_stop_early_by_itself_is_killed, children_scene) {
    head.objective = {.name = "loss"};
    head.early_stop =
        protocol::children_early_stop{.settings = {.trials = 2}, .scalar = "loss", .kill_ms = 400};
    child("echo 'loss: 1 (step 1)'");
    child("echo 'loss: 2 (step 1)'");
    child("trap '' TERM; echo 'loss: 9 (step 1)'; sleep 600 & exec sleep 600");
    child("echo 'loss: 0.5 (step 1)'");
    const auto output = perform();
    BOOST_TEST(states() == "cctc");
    BOOST_TEST(status("c2").exit_status.value() == -SIGKILL);
    BOOST_TEST(status("c2").reason == "stopped early: rank 3 of 3 at step 1");
    BOOST_TEST(!has(output, "was terminated"), output);
    BOOST_TEST((status("p").state == run_state::completed));
}

BOOST_FIXTURE_TEST_CASE(the_others_go_on_while_one_takes_its_time_to_stop, children_scene) {
    head.objective = {.name = "loss"};
    head.parallel = 2;
    head.early_stop = protocol::children_early_stop{.settings = {.trials = 2}, .scalar = "loss"};
    child("echo 'loss: 1 (step 1)'");
    child("echo 'loss: 2 (step 1)'");
    // Ends when the one after it has run, long before it would be killed.
    child("trap 'trap \"\" TERM; kill -9 $!; : > ../asked; while ! [ -e ../seen ]; do :; done; "
          "exit 7' TERM; echo 'loss: 9 (step 1)'; sleep 600 & wait");
    child("while ! [ -e ../asked ]; do :; done; echo 'loss: 0.5 (step 1)'; : > ../seen");
    const auto output = perform();
    BOOST_TEST(states() == "ccec", output);
    BOOST_TEST(status("c2").exit_status.value() == 7);
}

BOOST_FIXTURE_TEST_CASE(a_rule_can_be_chosen_for_trials_that_were_planned_without, children_scene) {
    head.objective = {.name = "loss"};
    head.stop_on_failure = true;
    child("echo 'loss: 1 (step 1)'");
    child("echo 'loss: 2 (step 1)'");
    child("exit 3");
    child("echo 'loss: 9 (step 1)'; exec sleep 600");
    std::ignore = perform();
    BOOST_TEST(states() == "ccep");
    auto rest = again("rest");
    rest.chosen = protocol::children_choice{
        .early_stop = protocol::children_early_stop{.settings = {.trials = 2}, .scalar = "loss"}};
    agent.call(rest);
    std::ignore = follow("p");
    BOOST_TEST(states() == "ccet");
}

BOOST_FIXTURE_TEST_CASE(a_batch_whose_start_fails_throughout_is_ended, children_scene) {
    for (int i = 0; i < 7; ++i) {
        child("echo no data; exit 3");
    }
    const auto output = perform();
    BOOST_TEST(
        output.ends_with("ERROR: [guild] Stopping batch because its first 5 trials failed in "
                         "the same way (exit 3: no data) - use --keep-going to go on all "
                         "the same\n"));
    BOOST_TEST(states() == "eeeeepp");
    BOOST_TEST(status("p").exit_status.value() == 3);
}

BOOST_FIXTURE_TEST_CASE(it_goes_on_where_a_person_says_so, children_scene) {
    head.keep_going = true;
    for (int i = 0; i < 6; ++i) {
        child("echo no data; exit 3");
    }
    std::ignore = perform();
    BOOST_TEST(states() == "eeeeee");
    BOOST_TEST((status("p").state == run_state::completed));
}

BOOST_FIXTURE_TEST_CASE(who_follows_a_batch_is_told_how_far_it_is, children_scene) {
    head.objective = {.name = "loss"};
    head.total = 3;
    child("echo loss: 4");
    child("exit 1");
    child("echo loss: 3");
    pack();
    agent.call(parent());
    protocol::follow_output request;
    request.home = at.home.native();
    request.run_id = "p";
    const auto parts = agent.finish(agent.send(request)).parts;
    BOOST_REQUIRE(!parts.empty());
    protocol::children_progress last;
    for (const auto& part : parts) {
        BOOST_TEST(part.first == "children_progress");
        BOOST_REQUIRE(protocol::from_json(part.second, last));
    }
    BOOST_TEST(last.total == 3);
    BOOST_TEST(last.done == 3);
    BOOST_TEST(last.failed == 1);
    BOOST_TEST(last.best.value() == 3);
    BOOST_TEST(last.objective == "loss");
    BOOST_TEST(last.best_flags == "n=2");
}

BOOST_AUTO_TEST_SUITE_END()
