#include "engine/agent/files/read_run.hpp"
#include "engine/agent/listing/run_index.hpp"
#include "engine/protocol/order_messages.hpp"
#include "tests/support/agent_process.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/run_home.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>

using namespace outrider;
using namespace outrider::testing;
using agent::indexed_run;

namespace {

constexpr int count = 100; // more than what pays to be stored
const std::vector<std::string> asked{"label", "stopped", "tags", "flags"};

std::string name_of(int i) {
    return "run" + std::to_string(i);
}

void fill(run_home& at) {
    for (int i = 0; i < count; ++i) {
        at.make_run(name_of(i), {{"started", std::to_string(1000 + i) + "\n"},
                                 {"exit_status", "0\n"},
                                 {"label", "n=" + std::to_string(100 + i) + "\n"},
                                 {"flags", "n: 1\n"}});
    }
}

std::int64_t changed_ns(const fs::path& path) {
    struct stat found{};
    BOOST_REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_ctim.tv_sec * 1'000'000'000 + found.st_ctim.tv_nsec;
}

// Nobody can set when a file changed: it has to become old.
void let_become_old(run_home& at) {
    const auto youngest = changed_ns(at.run(name_of(count - 1)).opref());
    const fs::path probe = at.root / "probe";
    BOOST_REQUIRE(eventually([&] {
        write(probe, "x");
        return changed_ns(probe) > youngest + 2'700'000'000;
    }));
}

fs::path index_of(const run_home& at, const std::string& name = "runs") {
    return at.home / "cache" / "outrider" / (name + "-" + std::to_string(::geteuid()));
}

std::vector<protocol::run_facts> list(agent_process& agent, const run_home& at,
                                      bool trash = false) {
    std::vector<protocol::run_facts> out;
    const auto answer = agent.finish(agent.send(
        protocol::list_runs{.home = at.home.native(), .trash = trash, .attributes = asked}));
    for (const auto& [type, body] : answer.parts) {
        protocol::run_batch batch;
        BOOST_REQUIRE(protocol::from_json(body, batch));
        out.insert(out.end(), batch.runs.begin(), batch.runs.end());
    }
    return out;
}

// What is listed is what a plain reading of each run says.
void check_truth(agent_process& agent, const run_home& at, const std::string& after) {
    BOOST_TEST_CONTEXT(after) {
        const auto runs = list(agent, at);
        std::size_t there = 0;
        for (const auto& entry : fs::directory_iterator(at.home / "runs")) {
            there += agent::is_run(run_paths{entry.path()}) ? 1 : 0;
        }
        BOOST_TEST(runs.size() == there);
        for (const auto& run : runs) {
            const auto plain = facts_of(at.run(run.id), agent.hello.machine, asked);
            BOOST_TEST(protocol::encode(run) == protocol::encode(plain));
        }
        std::vector<std::string> listed;
        for (const auto& run : runs) {
            listed.push_back(run.id);
        }
        std::vector<std::string> ordered;
        const auto answer =
            agent.finish(agent.send(protocol::order_runs{.home = at.home.native()}));
        for (const auto& [type, body] : answer.parts) {
            protocol::ordered_batch batch;
            BOOST_REQUIRE(protocol::from_json(body, batch));
            ordered.insert(ordered.end(), batch.ids.begin(), batch.ids.end());
        }
        BOOST_TEST(ordered == listed, boost::test_tools::per_element());
    }
}

/// A home of old runs with its index, made once: becoming old takes seconds.
struct old_home : run_home {
    old_home() {
        fill(*this);
        let_become_old(*this);
        agent_process agent(cache);
        check_truth(agent, *this, "the first listing");
        BOOST_REQUIRE(fs::exists(index_of(*this)));
    }
};

// Writes the bytes without making a new file, and gives it its old modification time back.
void edit_in_place(const fs::path& path, const std::string& bytes) {
    struct stat before{};
    BOOST_REQUIRE(::stat(path.c_str(), &before) == 0);
    const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    BOOST_REQUIRE(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    BOOST_REQUIRE(::ftruncate(file, static_cast<off_t>(bytes.size())) == 0);
    const timespec times[] = {before.st_atim, before.st_mtim};
    BOOST_REQUIRE(::futimens(file, times) == 0);
    ::close(file);
}

// Lets the index say something else of each run, with right marks and a right hash.
void falsify(const fs::path& path, const std::function<void(indexed_run&)>& change) {
    const auto file = content(path);
    std::string records;
    for (const auto& [id, record] : agent::records_of(file)) {
        auto run = agent::decode_indexed_run(record);
        BOOST_REQUIRE(run.has_value());
        change(*run);
        records += agent::encode_indexed_run(*run);
    }
    write(path, agent::index_file(records));
}

std::string label_of(const std::vector<protocol::run_facts>& runs, const std::string& id) {
    for (const auto& run : runs) {
        if (run.id == id) {
            return run.attributes.at("label");
        }
    }
    return "none";
}

} // namespace

BOOST_AUTO_TEST_SUITE(agent_index)

BOOST_AUTO_TEST_CASE(a_second_listing_takes_from_the_index_what_did_not_change) {
    old_home at;
    falsify(index_of(at), [](indexed_run& run) {
        for (auto& file : run.attributes) {
            if (file.name == "label") {
                file.bytes = "from the index\n";
            }
        }
    });
    agent_process agent(at.cache);
    const auto label = at.run(name_of(7)).attribute("label");
    BOOST_TEST(label_of(list(agent, at), name_of(7)) == "from the index\n");
    edit_in_place(label, "n=999\n"); // as long as before, and no younger
    BOOST_TEST(label_of(list(agent, at), name_of(7)) == "n=999\n");
    BOOST_TEST(label_of(list(agent, at), name_of(8)) == "from the index\n");
}

BOOST_AUTO_TEST_CASE(whatever_a_foreign_program_changes_is_seen) {
    old_home at;
    agent_process agent(at.cache);
    const auto attribute = [&](int i, const char* name) {
        return at.run(name_of(i)).attribute(name);
    };
    const std::pair<const char*, std::function<void()>> changes[] = {
        {"an edit in place", [&] { edit_in_place(attribute(1, "label"), "n=888\n"); }},
        {"a new order", [&] { edit_in_place(attribute(2, "started"), "9002\n"); }},
        {"another exit", [&] { edit_in_place(attribute(3, "exit_status"), "1\n"); }},
        {"another operation",
         [&] { edit_in_place(at.run(name_of(4)).opref(), "guildfile:/q/guild.yml 1 '' op"); }},
        {"a label that was put in its place",
         [&] {
             write(at.root / "new", "n=777\n");
             fs::rename(at.root / "new", attribute(5, "label"));
         }},
        {"a new attribute", [&] { write(attribute(6, "tags"), "- best\n"); }},
        {"an attribute less", [&] { fs::remove(attribute(7, "label")); }},
        {"no start", [&] { fs::remove(attribute(8, "started")); }},
        {"a second start", [&] { write(at.run(name_of(9)).lock(), std::to_string(::getpid())); }},
        {"a stage", [&] { write(at.run(name_of(10)).staged(), ""); }},
        {"a copy of a running run",
         [&] { write(at.run(name_of(11)).guild() / "LOCK.remote", "r"); }},
        {"an end elsewhere", [&] { write(at.run(name_of(12)).guild() / "TERMINATED.remote", ""); }},
        {"a reason",
         [&] { write(at.run(name_of(13)).reason(), R"({"kind":"signal","detail":"x"})"); }},
        {"a deletion", [&] { fs::remove_all(at.run(name_of(14)).directory); }},
        {"no run any more", [&] { fs::remove(at.run(name_of(15)).opref()); }},
        {"another run of that name",
         [&] {
             fs::remove_all(at.run(name_of(16)).directory);
             at.make_run(name_of(16), {{"exit_status", "-9\n"}});
         }},
        {"a new run", [&] { at.make_run("new", {{"started", "5000\n"}}); }},
    };
    for (const auto& [what, change] : changes) {
        change();
        check_truth(agent, at, what);
    }
}

BOOST_AUTO_TEST_CASE(a_damaged_index_is_as_good_as_none_and_is_replaced) {
    old_home at;
    const auto path = index_of(at);
    const auto whole = content(path);
    const auto records = agent::records_of(whole).size();
    BOOST_TEST(records == static_cast<std::size_t>(count));
    agent_process agent(at.cache);
    const auto with = [&](std::size_t place) {
        auto bytes = whole;
        bytes[place] = static_cast<char>(bytes[place] ^ 0x20);
        return bytes;
    };
    for (const auto& bytes : {std::string(), whole.substr(0, 20), whole.substr(0, whole.size() - 1),
                              whole + "x", with(0), with(18), with(30), with(200),
                              with(whole.size() - 1), std::string(5000, '\xff')}) {
        write(path, bytes);
        check_truth(agent, at, std::to_string(bytes.size()) + " bytes");
        BOOST_TEST(agent::records_of(content(path)).size() == records);
    }
}

BOOST_AUTO_TEST_CASE(any_bytes_in_the_place_of_a_record_are_no_record_or_a_whole_one) {
    indexed_run run{.id = "a", .ended = true};
    run.attributes.push_back({.name = "label", .mark = {.inode = 1}, .bytes = "x\n"});
    const auto record = agent::encode_indexed_run(run);
    BOOST_REQUIRE(agent::decode_indexed_run(record).has_value());
    for (std::size_t size = 0; size < record.size(); ++size) {
        BOOST_TEST(!agent::decode_indexed_run(record.substr(0, size)).has_value());
    }
    for (std::size_t place = 0; place < record.size(); ++place) {
        auto bytes = record;
        bytes[place] = '\xff';
        std::ignore = agent::decode_indexed_run(bytes); // does not read beyond them
    }
}

BOOST_AUTO_TEST_CASE(what_has_just_changed_is_not_trusted) {
    run_home at;
    fill(at);
    agent_process agent(at.cache);
    check_truth(agent, at, "the first listing");
    BOOST_TEST(agent::records_of(content(index_of(at))).empty());
}

BOOST_AUTO_TEST_CASE(two_agents_at_once_leave_a_whole_index) {
    old_home at;
    agent_process one(at.cache);
    agent_process other(at.cache);
    for (int round = 0; round < 5; ++round) {
        fs::remove(index_of(at));
        const protocol::list_runs request{.home = at.home.native(), .attributes = asked};
        const auto first = one.send(request);
        const auto second = other.send(request);
        const auto third = one.send(request);
        std::ignore = one.finish(first);
        std::ignore = other.finish(second);
        std::ignore = one.finish(third);
        BOOST_TEST(agent::records_of(content(index_of(at))).size() ==
                   static_cast<std::size_t>(count));
    }
    check_truth(one, at, "the end");
    for (const auto& entry : fs::directory_iterator(index_of(at).parent_path())) {
        BOOST_TEST(entry.path() == index_of(at)); // nothing is left beside it
    }
}

BOOST_AUTO_TEST_CASE(the_trash_has_an_index_of_its_own) {
    run_home at;
    fill(at);
    fs::create_directories(at.home / "trash");
    fs::rename(at.home / "runs", at.home / "trash" / "runs");
    agent_process agent(at.cache);
    BOOST_TEST(list(agent, at, true).size() == static_cast<std::size_t>(count));
    BOOST_TEST(fs::exists(index_of(at, "trash")));
    BOOST_TEST(!fs::exists(index_of(at)));
    BOOST_TEST(list(agent, at).empty());
    fs::rename(at.home / "trash" / "runs", at.home / "runs");
    check_truth(agent, at, "back from the trash");
    BOOST_TEST(list(agent, at, true).empty());
}

BOOST_AUTO_TEST_CASE(where_the_home_takes_no_index_the_cache_directory_holds_it) {
    run_home at;
    fill(at);
    write(at.home / "cache", "in the way"); // a mode would not stop root
    agent_process agent(at.cache);
    check_truth(agent, at, "the first listing");
    BOOST_TEST(!fs::is_empty(at.cache / "outrider" / "indexes"));
    check_truth(agent, at, "the second listing");
}

BOOST_AUTO_TEST_CASE(an_index_of_somebody_else_or_in_the_place_of_a_link_is_not_read) {
    old_home at;
    const auto path = index_of(at);
    fs::rename(path, at.root / "elsewhere");
    falsify(at.root / "elsewhere", [](indexed_run& run) { run.opref.bytes = "false"; });
    fs::create_symlink(at.root / "elsewhere", path);
    agent_process agent(at.cache);
    check_truth(agent, at, "a link");
    BOOST_TEST(!fs::is_symlink(path));
}

BOOST_AUTO_TEST_CASE(a_small_home_needs_no_index) {
    run_home at;
    at.make_run("a", {{"exit_status", "0\n"}});
    agent_process agent(at.cache);
    check_truth(agent, at, "the first listing");
    BOOST_TEST(!fs::exists(at.home / "cache"));
}

BOOST_AUTO_TEST_SUITE_END()
