// Pulls that break at any byte of any stream, or are interrupted there: what is in place is whole,
// the copy says nothing that is not so, and a further pull sends only what is missing.
#include "engine/protocol/packet.hpp"
#include "tests/support/copy_scene.hpp"
#include "tests/support/cut_stream.hpp"
#include "tests/support/random_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>

using namespace outrider;
using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
// Of a partial file its last block counts for nothing, nor do names and hashes.
constexpr std::int64_t slack = std::int64_t{1} << 20;

std::string noise(std::size_t size, unsigned seed) {
    std::minstd_rand random(seed);
    std::string out(size, '\0');
    std::ranges::generate(out, [&random] { return static_cast<char>(random() >> 8); });
    return out;
}

/// One of the engine's streams, in one direction.
struct direction {
    std::string remote;
    int number = 0; ///< of the shell: 0 is the control agent's
    bool reading = false;
};

std::vector<direction> all_directions() {
    std::vector<direction> out;
    for (const char* remote : {"gpu1", "this machine"}) {
        for (const int number : {0, 1}) {
            out.push_back({remote, number, false});
            out.push_back({remote, number, true});
        }
    }
    return out;
}

/// A run at `far`, and what `near` has of it before each pull.
class cut_scene : public copy_scene {
  public:
    const std::string id = make_run('a');
    bool has_copy = false;  ///< whether there is one, of when the run was running
    tree_map before;        ///< the copy as it is before each pull
    tree_map wanted;        ///< and after it
    std::int64_t whole = 0; ///< bytes that a pull sends if nothing goes wrong
    bool was_cut = false;   ///< whether the last pull came to the point where it was to be cut

    explicit cut_scene(bool copied, remote_place where = remote_place::elsewhere)
        : copy_scene(where), has_copy(copied) {
        const std::string far = far_run(id);
        write_file(far + "/grown", noise(4 * mebibyte, 1), 0644);
        write_file(far + "/changed", noise(3 * mebibyte, 2), 0644);
        if (copied) {
            copy_while_running();
        }
        write_file(far + "/grown", noise(4 * mebibyte, 1) + noise(6 * mebibyte, 3), 0644);
        write_file(far + "/changed", noise(3 * mebibyte, 4), 0644);
        write_file(far + "/late", noise(2 * mebibyte, 5), 0644);
        fs::create_directories(far + "/many");
        for (int i = 0; i < 40; ++i) {
            write_file(far + "/many/" + std::to_string(i), "file " + std::to_string(i), 0644);
        }
        wanted = read_tree(far);
        whole = pull_from_start().summary.sent_bytes;
        BOOST_REQUIRE(differences(wanted, read_tree(near_run(id))).empty());
    }

    /// Pulls with the copy as it was in the beginning.
    copy_outcome pull_from_start() {
        fs::remove_all(near_run(id));
        if (has_copy) {
            std::system(("cp -a " + copy() + " " + near_run(id)).c_str());
        }
        return pull();
    }
    /// Bytes that pass in a direction, in a pull without a fault.
    std::size_t count(const direction& where) {
        const auto counted = put_cut({.reading = where.reading}, where);
        pull_from_start();
        return counted->passed;
    }
    copy_outcome pull_with_cut(stream_cut how, const direction& where) {
        const auto cut = put_cut(std::move(how), where);
        // A failure that is not tried again, nor may anything else connect then.
        cut->why = failure(errc::io_failed, "the wire broke");
        tap.admit = [cut](const std::string&) {
            return cut->done && cut->breaks ? result<>(cut->why) : result<>();
        };
        auto ended = pull_from_start();
        tap = {};
        was_cut = cut->done;
        return ended;
    }
    void check_after_cut(const copy_outcome& cut);
    void check_next_pull();

  private:
    [[nodiscard]] std::string copy() const { return place() / "copy"; }

    // As a pull left it: with the last known state.
    void copy_while_running() {
        for (const char* end : {"stopped", "exit_status"}) {
            fs::remove(far_run(id) + "/.guild/attrs/" + end);
        }
        BOOST_REQUIRE(!pull().error);
        write_file(near_run(id) + "/.guild/LOCK.remote", "gpu1");
        before = read_tree(near_run(id));
        fs::rename(near_run(id), copy());
        write_run_files(far_run(id), id, 0);
    }
    std::shared_ptr<stream_cut> put_cut(stream_cut how, const direction& where) {
        auto cut = std::make_shared<stream_cut>(std::move(how));
        tap.wrap = [cut, where](const std::string& remote, int number,
                                std::unique_ptr<byte_stream> shell) {
            if (remote == where.remote && number == where.number) {
                shell = std::make_unique<cut_stream>(std::move(shell), cut);
            }
            return shell;
        };
        return cut;
    }
    // What need not travel any more: large files in place, and the partial ones.
    [[nodiscard]] std::int64_t bytes_here() const;
};

std::int64_t cut_scene::bytes_here() const {
    std::int64_t here = 0;
    for (const char* name : {"grown", "changed", "late"}) {
        const auto old = before.find(name);
        const auto partial =
            near_run(id) + "/.guild/outrider/incoming/" + protocol::partial_name(name);
        const auto content = read_file(near_run(id) + "/" + name);
        if (content == wanted.at(name).content) {
            // What it has in common with the old one was not sent.
            const bool grew = old != before.end() && content.starts_with(old->second.content);
            here +=
                static_cast<std::int64_t>(content.size() - (grew ? old->second.content.size() : 0));
        } else if (old == before.end() && fs::exists(partial)) {
            here += static_cast<std::int64_t>(fs::file_size(partial));
        }
    }
    return here;
}

void cut_scene::check_after_cut(const copy_outcome& cut) {
    const auto now = fs::exists(near_run(id)) ? read_tree(near_run(id)) : tree_map();
    for (const auto& [path, entry] : now) {
        if (entry.type != 'f' || path.starts_with(".guild/outrider") ||
            path.starts_with(".guild/LOCK")) {
            continue;
        }
        const bool is_old = before.contains(path) && before.at(path).content == entry.content;
        const bool is_new = wanted.contains(path) && wanted.at(path).content == entry.content;
        BOOST_TEST((is_old || is_new), path << " is neither the old one nor the new one");
    }
    const auto row = near_row(id);
    if (!has_copy) {
        BOOST_TEST((!row || row->state == run_state::completed), "it shows before it is complete");
    } else {
        BOOST_REQUIRE(row);
        BOOST_TEST((row->state == run_state::completed ||
                    (row->state == run_state::running && row->remote == "gpu1")));
    }
    const bool complete = row && row->state == run_state::completed;
    if (complete || !cut.error) {
        BOOST_TEST(complete, "without a failure it has to be complete");
        BOOST_TEST(differences(wanted, now) == std::vector<std::string>(),
                   boost::test_tools::per_element());
    }
}

void cut_scene::check_next_pull() {
    const auto most = whole - bytes_here() + slack;
    const auto again = pull();
    BOOST_REQUIRE_MESSAGE(!again.error, again.told());
    BOOST_TEST(again.summary.sent_bytes <= most);
    BOOST_TEST(differences(wanted, read_tree(near_run(id))) == std::vector<std::string>(),
               boost::test_tools::per_element());
    BOOST_TEST(!fs::exists(near_run(id) + "/.guild/outrider/incoming"));
    const auto row = near_row(id);
    BOOST_TEST((row && row->state == run_state::completed));
}

void sweep(bool copied, remote_place where = remote_place::elsewhere) {
    cut_scene scene(copied, where);
    BOOST_TEST_MESSAGE("a whole pull sends " << scene.whole << " bytes");
    int cuttings = 0;
    int cuts = 0; // of those
    for (const auto& way : all_directions()) {
        const bool certain =
            where == remote_place::elsewhere && way.remote == scene.remote_name && way.reading;
        const auto total = scene.count(way);
        const std::size_t points = total > mebibyte ? 12 : 4;
        for (std::size_t point = 0; point < points; ++point) {
            // Not at regular places: frames may be.
            const auto after = total * point / points + point * 7;
            BOOST_TEST_CONTEXT(way.remote << ", agent " << way.number
                                          << (way.reading ? ", from it, " : ", to it, ")
                                          << "cut after " << after << " of " << total) {
                const auto cut = scene.pull_with_cut({.reading = way.reading, .after = after}, way);
                // What is said to a receiver and by it varies with time, and so do the grants.
                BOOST_TEST((scene.was_cut || !certain));
                BOOST_TEST((scene.was_cut || !cut.error), cut.told());
                cuts += scene.was_cut ? 1 : 0;
                ++cuttings;
                scene.check_after_cut(cut);
                scene.check_next_pull();
            }
        }
    }
    BOOST_TEST(cuts >= cuttings * 3 / 4);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cut_copies)

BOOST_AUTO_TEST_CASE(a_first_pull_that_is_cut_anywhere_is_true_and_goes_on) {
    sweep(false);
}

BOOST_AUTO_TEST_CASE(an_update_that_is_cut_anywhere_is_true_and_goes_on) {
    sweep(true);
}

BOOST_AUTO_TEST_CASE(what_is_lent_and_cut_anywhere_is_true_and_goes_on) {
    for (const bool copied : {false, true}) {
        sweep(copied, remote_place::here);
    }
}

BOOST_AUTO_TEST_CASE(an_agent_here_lends_what_one_elsewhere_sends) {
    const direction from_sender{"gpu1", 1, true};
    for (const bool copied : {false, true}) {
        cut_scene lending(copied, remote_place::here);
        cut_scene sending(copied);
        const auto whole = static_cast<std::size_t>(sending.whole);
        BOOST_TEST(sending.count(from_sender) >= whole);
        BOOST_TEST(lending.count(from_sender) < whole / 10);
    }
}

BOOST_AUTO_TEST_CASE(a_pull_that_is_interrupted_anywhere_is_true_and_goes_on) {
    for (const bool copied : {false, true}) {
        cut_scene scene(copied);
        engine* running = nullptr;
        scene.running = [&running](engine* now) { running = now; };
        const direction where{"this machine", 1, false};
        const auto total = scene.count(where);
        for (std::size_t point = 0; point < 8; ++point) {
            const auto after = total * point / 8 + point;
            BOOST_TEST_CONTEXT("interrupted after " << after << " of " << total) {
                const auto cut = scene.pull_with_cut(
                    {.after = after, .breaks = false, .happens = [&] { running->interrupt(); }},
                    where);
                BOOST_TEST((scene.was_cut || !cut.error), cut.told()); // see `sweep`
                scene.check_after_cut(cut);
                scene.check_next_pull();
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_link_that_breaks_once_is_made_anew_within_the_same_pull) {
    cut_scene scene(false);
    const direction where{"gpu1", 1, true};
    const auto cut =
        std::make_shared<stream_cut>(stream_cut{.reading = true, .after = scene.count(where) / 2});
    int opened = 0;
    scene.tap.wrap = [&](const std::string& remote, int number,
                         std::unique_ptr<byte_stream> shell) {
        if (remote == where.remote && number == where.number && opened++ == 0) {
            shell = std::make_unique<cut_stream>(std::move(shell), cut);
        }
        return shell;
    };
    const auto pulled = scene.pull_from_start();
    BOOST_TEST(cut->done);
    BOOST_REQUIRE_MESSAGE(!pulled.error, pulled.told());
    BOOST_TEST(std::ranges::count(pulled.notes, "the wire broke; trying again") == 1);
    BOOST_TEST(pulled.summary.copied == 1);
    BOOST_TEST(differences(scene.wanted, read_tree(scene.near_run(scene.id))).empty());
}

BOOST_AUTO_TEST_SUITE_END()
