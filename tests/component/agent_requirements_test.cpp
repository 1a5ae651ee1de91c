// The environments that operations run in: made once, shared, made again where they were cut off.
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"
#include "tests/support/wheels.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::testing;

namespace {

/// Making an environment takes as long as Python takes.
constexpr std::chrono::minutes patience{2};

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct scene_of_requirements {
    run_home at;
    wheels index;

    scene_of_requirements() {
        index.add("tiny_one", "1.0");
        index.add("tiny_one", "2.0");
        index.add("tiny_two", "1.0", "tiny_one>=2");
    }

    /// A start of Python that says which version of `module` it has, and from where.
    [[nodiscard]] protocol::start_run start(const std::string& id,
                                            std::vector<std::string> requirements,
                                            const std::string& module = "tiny_one") const {
        auto out = at.start(id, "");
        out.command = {"${python_exe}", "-c",
                       "import " + module + " as m; print(m.version, m.__file__)"};
        out.requirements = std::move(requirements);
        return out;
    }
    /// The lines that were told of a start, which has to come off.
    static std::vector<std::string> lines_of(const agent_answer& answer) {
        const std::string why = answer.failure ? answer.failure->context : "";
        BOOST_REQUIRE_MESSAGE(answer.reply.has_value(), why);
        std::vector<std::string> out;
        for (const auto& [type, body] : answer.parts) {
            BOOST_TEST(type == "start_progress");
            out.emplace_back(body.at("line").as_string());
        }
        return out;
    }
    static std::vector<std::string> started(agent_process& agent, const protocol::start_run& what) {
        return lines_of(agent.finish(agent.send(what), patience));
    }
    /// The output of a run, once it has ended.
    std::string output(agent_process& agent, const std::string& id) const {
        return agent
            .finish(agent.send(protocol::follow_output{.home = at.home.native(), .run_id = id}),
                    patience)
            .data;
    }
    /// All environments, whole or not.
    [[nodiscard]] std::vector<fs::path> environments() const {
        std::vector<fs::path> out;
        std::error_code error;
        for (const auto& set : fs::directory_iterator(at.cache / "outrider/environments", error)) {
            for (const auto& entry : fs::directory_iterator(set)) {
                if (entry.path().filename().native().starts_with("env-")) {
                    out.push_back(entry.path());
                }
            }
        }
        return out;
    }
    /// Code that activates the only environment there is.
    [[nodiscard]] std::string on_top() const {
        const auto all = environments();
        BOOST_REQUIRE(all.size() == 1);
        return "PATH=" + (all.front() / "bin").native() + ":$PATH; export PATH";
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(agent_requirements, scene_of_requirements)

BOOST_AUTO_TEST_CASE(an_operation_has_what_it_requires_and_it_is_installed_once) {
    agent_process agent(at.cache, index.variables());
    const auto lines = started(agent, start("r1", {"tiny_two"}));
    BOOST_REQUIRE(!lines.empty());
    BOOST_TEST(lines.front() == "Installing requirements: tiny_two");
    BOOST_TEST(lines.back() == "Successfully installed tiny_one-2.0 tiny_two-1.0");
    BOOST_REQUIRE(environments().size() == 1);
    const std::string environment = environments().front();
    BOOST_TEST(output(agent, "r1").starts_with("2.0 " + environment));
    BOOST_TEST(content(at.run("r1").attribute("cmd")).starts_with("- " + environment));
    BOOST_TEST(holds(content(at.run("r1").attribute("env")), "VIRTUAL_ENV: " + environment));

    BOOST_TEST(started(agent, start("r2", {"tiny_two"})).empty());
    BOOST_TEST(output(agent, "r2").starts_with("2.0 " + environment));
    // Another set is another environment.
    BOOST_TEST(!started(agent, start("r3", {"tiny_one<2"})).empty());
    BOOST_TEST(output(agent, "r3").starts_with("1.0 "));
    auto bounded = start("r4", {"tiny_one"});
    bounded.constraints = {"tiny_one==1.0"};
    BOOST_TEST(!started(agent, bounded).empty());
    BOOST_TEST(output(agent, "r4").starts_with("1.0 "));
}

BOOST_AUTO_TEST_CASE(without_requirements_there_is_no_environment) {
    agent_process agent(at.cache, index.variables());
    auto plain = start("r1", {}, "sys");
    plain.command = {"${python_exe}", "-c", "print(1)"};
    BOOST_TEST(started(agent, plain).empty());
    BOOST_TEST(output(agent, "r1") == "1\n");
    BOOST_TEST(!fs::exists(at.cache / "outrider/environments"));
}

BOOST_AUTO_TEST_CASE(a_failure_tells_the_last_lines_and_the_exit_code) {
    agent_process agent(at.cache, index.variables());
    for (const char* id : {"r1", "r2"}) { // nothing of the first is left
        const auto answer = agent.finish(agent.send(start(id, {"tiny_none>=3"})), patience);
        BOOST_REQUIRE(answer.failure.has_value());
        BOOST_TEST(answer.failure->code == "start_failed");
        BOOST_TEST(answer.failure->context.starts_with(
            "the installation of the operation's requirements failed with exit code 1; "));
        BOOST_TEST(
            holds(answer.failure->context, "No matching distribution found for tiny_none>=3"));
        BOOST_TEST(environments().empty());
        BOOST_TEST(!fs::exists(at.run(id).directory));
    }
}

BOOST_AUTO_TEST_CASE(starts_at_once_share_one_installation) {
    agent_process one(at.cache, index.variables());
    agent_process two(at.cache, index.variables());
    const auto first = one.send(start("r1", {"tiny_two"}));
    const auto second = two.send(start("r2", {"tiny_two"}));
    auto lines = lines_of(one.finish(first, patience));
    std::ranges::copy(lines_of(two.finish(second, patience)), std::back_inserter(lines));
    BOOST_TEST(std::ranges::count(lines, "Installing requirements: tiny_two") == 1);
    BOOST_TEST(environments().size() == 1);
    BOOST_TEST(output(one, "r1") == output(two, "r2"));
}

BOOST_AUTO_TEST_CASE(what_the_interpreter_has_is_not_installed) {
    agent_process agent(at.cache, index.variables());
    started(agent, start("r1", {"tiny_one"}));
    const auto parent = environments().front();
    auto met = start("r2", {"tiny_one>=1", "tiny_two ; python_version < '3'"});
    met.activation = on_top();
    BOOST_TEST(started(agent, met).empty());
    BOOST_TEST(output(agent, "r2").starts_with("2.0 " + parent.native()));
    BOOST_TEST(environments().size() == 1);

    // On top of it, and with what it has.
    auto more = start("r3", {"tiny_two"}, "tiny_two");
    more.activation = met.activation;
    BOOST_TEST(started(agent, more).back() == "Successfully installed tiny_two-1.0");
    BOOST_TEST(!holds(output(agent, "r3"), parent.native()));
    BOOST_TEST(environments().size() == 2);
    auto its = more;
    its.run_id = "r4";
    its.command.back() = "import tiny_one as m; print(m.version, m.__file__)";
    BOOST_TEST(started(agent, its).empty());
    BOOST_TEST(output(agent, "r4").starts_with("2.0 " + parent.native()));

    // Until it has that no longer.
    for (const auto& entry : fs::recursive_directory_iterator(parent)) {
        if (entry.path().filename() == "tiny_one-2.0.dist-info") {
            fs::remove_all(entry.path());
            break;
        }
    }
    its.run_id = "r5";
    BOOST_TEST(!started(agent, its).empty());
    BOOST_TEST(!holds(output(agent, "r5"), parent.native()));
    met.run_id = "r6";
    BOOST_TEST(!started(agent, met).empty());
    BOOST_TEST(!holds(output(agent, "r6"), parent.native()));
}

BOOST_AUTO_TEST_CASE(uv_is_used_where_there_is_one) {
    index.add_uv();
    agent_process agent(at.cache, index.variables());
    BOOST_TEST(!started(agent, start("r1", {"tiny_one", "--pre"})).empty());
    const std::string environment = environments().front();
    BOOST_TEST(output(agent, "r1").starts_with("2.0 " + environment));
    const std::string words = content(index.place / "uv-words");
    BOOST_TEST(words.starts_with("venv --quiet --python "));
    BOOST_TEST(
        holds(words, "pip install --python " + environment + "/bin/python --prerelease allow -r "));
    // It looks at no other environment, so it is told what is there.
    auto more = start("r2", {"tiny_two"});
    more.activation = on_top();
    BOOST_TEST(!started(agent, more).empty());
    BOOST_TEST(holds(content(index.place / "overrides"), "tiny-one ; sys_platform == 'never'\n"));
    BOOST_TEST(!holds(content(index.place / "overrides"), "tiny-two"));
}

BOOST_AUTO_TEST_CASE(without_uv_it_is_made_where_uv_knows_no_such_python) {
    index.add_uv();
    index.place.write("uv-refuses", "");
    agent_process agent(at.cache, index.variables());
    const auto lines = started(agent, start("r1", {"tiny_one"}));
    BOOST_TEST(std::ranges::count(lines, "this Python is too old") == 1);
    BOOST_TEST(lines.back() == "Successfully installed tiny_one-2.0");
    BOOST_TEST(output(agent, "r1").starts_with("2.0 " + environments().front().native()));
    BOOST_TEST(environments().size() == 1);
}

BOOST_AUTO_TEST_CASE(an_installation_that_was_cut_off_is_begun_again) {
    index.add_uv();
    index.place.write("uv-waits", "");
    agent_process agent(at.cache, index.variables());
    const auto cut_off = agent.send(start("r1", {"tiny_one"}));
    BOOST_REQUIRE(eventually([&] { return fs::exists(index.place / "uv-began"); }, patience));
    agent.cancel(cut_off);
    const auto answer = agent.finish(cut_off, patience);
    BOOST_REQUIRE(answer.failure.has_value());
    BOOST_TEST(answer.failure->code == "cancelled");
    BOOST_TEST(environments().size() == 1);
    fs::remove(index.place / "uv-waits");
    BOOST_TEST(!started(agent, start("r1", {"tiny_one"})).empty());
    BOOST_TEST(output(agent, "r1").starts_with("2.0 "));
    BOOST_TEST(environments().size() == 1);
}

// The cache knows an interpreter by what is in its directories of packages.
BOOST_AUTO_TEST_CASE(what_is_installed_is_recorded) {
    agent_process agent(at.cache, index.variables());
    const auto freeze = [&](const std::string& id) {
        auto one = start(id, {"tiny_two"});
        one.record_packages = true;
        started(agent, one);
        output(agent, id);
        // Of an interpreter that was not asked before it comes beside the operation, or after it.
        BOOST_TEST(
            eventually([&] { return fs::exists(at.run(id).attribute("pip_freeze")); }, patience));
        return content(at.run(id).attribute("pip_freeze"));
    };
    const auto first = freeze("r1");
    BOOST_TEST(holds(first, "- tiny_one==2.0\n"));
    BOOST_TEST(holds(first, "- tiny_two==1.0\n"));
    BOOST_TEST(freeze("r2") == first);
    for (const auto& entry : fs::recursive_directory_iterator(environments().front())) {
        if (entry.path().filename() == "tiny_two-1.0.dist-info") {
            fs::remove_all(entry.path());
            break;
        }
    }
    BOOST_TEST(!holds(freeze("r3"), "tiny_two"));
    auto unwanted = start("r4", {"tiny_two"});
    started(agent, unwanted);
    output(agent, "r4");
    BOOST_TEST(!fs::exists(at.run("r4").attribute("pip_freeze")));
}

BOOST_AUTO_TEST_CASE(a_staged_run_keeps_what_it_requires) {
    agent_process agent(at.cache, index.variables());
    auto staged = start("r1", {"tiny_one"});
    staged.stage = true;
    BOOST_TEST(!started(agent, staged).empty());
    fs::remove_all(at.cache / "outrider/environments"); // whoever cleans caches
    const protocol::start_staged later{
        .home = at.home.native(), .run_id = "r1", .token = "t", .only_staged = true};
    BOOST_TEST(!lines_of(agent.finish(agent.send(later), patience)).empty());
    BOOST_TEST(output(agent, "r1").starts_with("2.0 "));
}

BOOST_AUTO_TEST_SUITE_END()
