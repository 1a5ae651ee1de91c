#include "engine/agent/listing/scalar_index.hpp"
#include "engine/protocol/scalar_messages.hpp"
#include "engine/scalars/event_message.hpp"
#include "engine/scalars/event_records.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace outrider;
using namespace outrider::testing;

namespace {

constexpr const char* file_name = "events.out.tfevents.1700000000.host.1.0";

std::string events(const std::vector<scalar_point>& points) {
    std::string out;
    append_event_record(out, file_version_event(1));
    for (const auto& point : points) {
        append_event_record(out, scalar_event(1, point));
    }
    return out;
}

void append(const fs::path& path, const std::string& bytes) {
    write(path, content(path) + bytes); // a new file of the same inode
}

struct scalars_scene {
    run_home at;
    agent_process agent{at.cache};

    std::map<std::string, protocol::run_scalars> read(const std::vector<std::string>& ids,
                                                      bool trash = false) {
        const auto answer = agent.finish(agent.send(
            protocol::read_scalars{.home = at.home.native(), .trash = trash, .ids = ids}));
        std::map<std::string, protocol::run_scalars> out;
        for (const auto& [type, body] : answer.parts) {
            BOOST_REQUIRE(type == "scalars_batch");
            protocol::scalars_batch batch;
            BOOST_REQUIRE(protocol::from_json(body, batch));
            for (auto& run : batch.runs) {
                auto& all = out[run.run_id];
                all.scalars.insert(all.scalars.end(), run.scalars.begin(), run.scalars.end());
                all.attributes.merge(run.attributes);
                all.proto += run.proto;
            }
        }
        BOOST_TEST(agent_process::reply_of<protocol::read_scalars>(answer).runs ==
                   static_cast<std::int64_t>(out.size()));
        return out;
    }
    /// "tag=last@step " for each scalar.
    std::string shown(const std::string& id) {
        std::string out;
        const auto runs = read({id});
        for (const auto& each : runs.at(id).scalars) {
            char text[300];
            std::snprintf(text, sizeof text, "%s=%g@%lld ", each.tag.c_str(), each.last,
                          static_cast<long long>(each.last_step));
            out += text;
        }
        return out;
    }
    fs::path index(const std::string& id) const {
        return at.home / "cache" / "outrider" / "scalars" / id;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(agent_scalars)

BOOST_FIXTURE_TEST_CASE(scalars_are_named_by_the_directory_of_their_file, scalars_scene) {
    const auto run = at.make_run("a", {});
    write(run.directory / file_name, events({{"loss", 1, 0.5}, {"loss", 2, 0.25}}));
    write(run.directory / ".guild" / file_name, events({{"acc", 1, 0.75}}));
    write(run.directory / "logs" / "train" / file_name, events({{"loss", 3, 4}}));
    BOOST_TEST(shown("a") == "loss=0.25@2 acc=0.75@1 logs/train#loss=4@3 ");
    const auto loss = read({"a"})["a"].scalars.front();
    BOOST_TEST(loss.first == 0.5);
    BOOST_TEST(loss.count == 2);
    BOOST_TEST(loss.mean == 0.375);
}

BOOST_FIXTURE_TEST_CASE(files_of_one_directory_make_one_series, scalars_scene) {
    const auto run = at.make_run("a", {});
    write(run.directory / "events.out.tfevents.1.h", events({{"loss", 1, 3}, {"loss", 2, 2}}));
    write(run.directory / "events.out.tfevents.2.h", events({{"loss", 3, 1}}));
    BOOST_TEST(shown("a") == "loss=1@3 ");
    BOOST_TEST(read({"a"})["a"].scalars.front().count == 3);
}

BOOST_FIXTURE_TEST_CASE(what_belongs_to_other_runs_or_to_nobody_is_passed_over, scalars_scene) {
    const auto run = at.make_run("a", {});
    const auto other = at.make_run("b", {});
    write(other.directory / file_name, events({{"theirs", 1, 1}}));
    fs::create_directory_symlink(other.directory / ".guild", run.directory / "link");
    write(at.root / "elsewhere" / ".guild" / "opref", "x:y 1 '' z");
    write(at.root / "elsewhere" / file_name, events({{"elsewhere", 1, 1}}));
    fs::create_directory_symlink(at.root / "elsewhere", run.directory / "b");
    fs::create_symlink(other.directory / file_name, run.directory / "events.out.tfevents.3.h");
    for (const char* place : {".guild/proto/.guild", ".guild/job-packages", ".guild/attrs"}) {
        write(run.directory / place / file_name, events({{"inner", 1, 1}}));
    }
    write(run.directory / "tfevents", "no event file");
    fs::create_directory(run.directory / "events.out.tfevents.4.h");
    BOOST_REQUIRE(::mkfifo((run.directory / "events.out.tfevents.5.h").c_str(), 0600) == 0);
    BOOST_TEST(shown("a").empty());
    BOOST_TEST(read({"a", "none", "../runs/b", ""}).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(runs_that_are_linked_into_it_count, scalars_scene) {
    const auto batch = at.make_run("a", {});
    const auto trial = at.make_run("b", {});
    const auto step = at.make_run("c", {});
    write(trial.directory / file_name, events({{"loss", 1, 1}}));
    write(trial.directory / ".guild" / file_name, events({{"acc", 2, 2}}));
    write(step.directory / "logs" / file_name, events({{"loss", 3, 3}}));
    write(batch.directory / ".guild" / file_name, events({{"loss", 4, 4}}));
    write(batch.directory / ".guild" / "proto" / ".guild" / "opref", "guildfile:/p 1 '' train");
    fs::create_directory_symlink("../b", batch.directory / "b");
    fs::create_directory_symlink("../c", trial.directory / "c");
    fs::create_directory_symlink("../a", step.directory / "a"); // in a circle
    fs::create_directory_symlink("../gone", batch.directory / "gone");
    const char* all = "loss=4@4 b#loss=1@1 b/.guild#acc=2@2 b/c/logs#loss=3@3 ";
    BOOST_TEST(shown("a") == all);
    BOOST_TEST(shown("a") == all); // each by its own index
    BOOST_TEST(fs::exists(index("c")));
    BOOST_TEST(read({"a", "b"})["a"].proto == "guildfile:/p 1 '' train");
    BOOST_TEST(read({"b"})["b"].proto.empty());
    append(step.directory / "logs" / file_name, events({{"loss", 5, 5}}).substr(events({}).size()));
    BOOST_TEST(shown("a") == "loss=4@4 b#loss=1@1 b/.guild#acc=2@2 b/c/logs#loss=5@5 ");
}

BOOST_FIXTURE_TEST_CASE(a_live_file_goes_on_where_it_was_left, scalars_scene) {
    const auto run = at.make_run("a", {});
    const auto path = run.directory / file_name;
    const std::string whole = events({{"loss", 1, 3}, {"loss", 2, 2}, {"loss", 3, 1}});
    const std::string two = events({{"loss", 1, 3}, {"loss", 2, 2}});
    write(path, two + whole.substr(two.size(), 9)); // and the begin of a third record
    BOOST_TEST(shown("a") == "loss=2@2 ");
    write(path, whole);
    BOOST_TEST(shown("a") == "loss=1@3 ");
    BOOST_TEST(read({"a"})["a"].scalars.front().count == 3); // none twice
}

BOOST_FIXTURE_TEST_CASE(what_has_not_changed_is_not_read_again, scalars_scene) {
    const auto run = at.make_run("a", {});
    const auto path = run.directory / file_name;
    write(path, events({{"loss", 1, 3}}));
    BOOST_TEST(shown("a") == "loss=3@1 ");
    BOOST_REQUIRE(fs::exists(index("a")));
    // An index that says something else is believed as long as the file looks the same.
    auto known = agent::decode_scalar_index(content(index("a")));
    BOOST_REQUIRE(known.files.size() == 1U);
    known.files.front().series.at("loss").last = 7;
    write(index("a"), agent::encode_scalar_index(known));
    BOOST_TEST(shown("a") == "loss=7@1 ");
    append(path, events({{"loss", 2, 4}}).substr(events({}).size()));
    BOOST_TEST(shown("a") == "loss=4@2 ");
}

BOOST_FIXTURE_TEST_CASE(a_file_that_was_replaced_is_read_anew, scalars_scene) {
    const auto run = at.make_run("a", {});
    const auto path = run.directory / file_name;
    write(path, events({{"loss", 1, 3}}));
    BOOST_TEST(shown("a") == "loss=3@1 ");
    const auto longer = events({{"a", 1, 1}, {"a-much-longer-name", 1, 2}, {"loss", 1, 4}});
    write(path, longer); // in place, and longer
    BOOST_TEST(shown("a") == "a=1@1 a-much-longer-name=2@1 loss=4@1 ");
    write(path, events({}));
    BOOST_TEST(shown("a").empty());
    fs::remove(path);
    write(run.directory / "sub" / file_name, events({{"x", 1, 1}}));
    BOOST_TEST(shown("a") == "sub#x=1@1 ");
}

BOOST_FIXTURE_TEST_CASE(an_index_that_makes_no_sense_is_made_anew, scalars_scene) {
    const auto run = at.make_run("a", {});
    write(run.directory / file_name, events({{"loss", 1, 3}}));
    BOOST_TEST(shown("a") == "loss=3@1 ");
    const auto whole = content(index("a"));
    auto spoilt = whole;
    spoilt[whole.size() / 2] ^= 1;
    for (const auto& text : {std::string(), std::string("{"), whole.substr(0, 40),
                             whole.substr(0, whole.size() - 1), whole + "x", spoilt}) {
        write(index("a"), text);
        BOOST_TEST(shown("a") == "loss=3@1 ");
    }
    fs::remove_all(at.home / "cache");
    write(at.home / "cache", "no directory");
    BOOST_TEST(shown("a") == "loss=3@1 ");
}

BOOST_FIXTURE_TEST_CASE(the_index_of_a_run_that_is_gone_is_removed, scalars_scene) {
    const auto first = at.make_run("a", {});
    write(first.directory / file_name, events({{"loss", 1, 3}}));
    BOOST_TEST(shown("a") == "loss=3@1 ");
    fs::remove_all(first.directory);
    const auto second = at.make_run("b", {});
    write(second.directory / file_name, events({{"loss", 1, 3}}));
    BOOST_TEST(shown("b") == "loss=3@1 ");
    BOOST_TEST(!fs::exists(index("a")));
    BOOST_TEST(fs::exists(index("b")));
}

BOOST_FIXTURE_TEST_CASE(deleted_runs_are_read_in_the_trash, scalars_scene) {
    const auto run = at.make_run("a", {});
    write(run.directory / file_name, events({{"loss", 1, 3}}));
    fs::create_directories(at.home / "trash" / "runs");
    fs::rename(run.directory, at.home / "trash" / "runs" / "a");
    BOOST_TEST(read({"a"}).empty());
    BOOST_TEST(read({"a"}, true)["a"].scalars.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(many_scalars_come_in_parts_and_none_is_lost, scalars_scene) {
    const auto run = at.make_run("a", {});
    std::vector<scalar_point> points;
    for (int i = 0; i < 3000; ++i) {
        points.push_back({"tag" + std::to_string(i), i, i / 2.0});
    }
    write(run.directory / file_name, events(points));
    BOOST_TEST(read({"a"})["a"].scalars.size() == 3000U);
    BOOST_TEST(read({"a"})["a"].scalars.size() == 3000U); // from the index
}

BOOST_FIXTURE_TEST_CASE(a_large_file_holds_up_nobody, scalars_scene) {
    const auto run = at.make_run("a", {});
    std::string large = events({});
    for (int i = 0; i < 200'000; ++i) {
        append_event_record(large, scalar_event(1, {"loss", i, i / 2.0}));
    }
    write(run.directory / file_name, large);
    const auto reading = agent.send(protocol::read_scalars{.home = at.home.native(), .ids = {"a"}});
    BOOST_TEST(agent.call(protocol::ping{}).time_us > 0); // answered in between
    BOOST_TEST(agent_process::reply_of<protocol::read_scalars>(agent.finish(reading)).runs == 1);
    BOOST_TEST(shown("a") == "loss=99999.5@199999 ");
    const auto cancelled =
        agent.send(protocol::read_scalars{.home = at.home.native(), .ids = {"a"}});
    agent.cancel(cancelled);
    BOOST_TEST(agent.finish(cancelled).ended());
}

BOOST_AUTO_TEST_SUITE_END()
