// Random trees and random changes of them, copied by the real engine and real agents, and compared
// in all that a copy has to have.
#include "tests/support/copy_scene.hpp"
#include "tests/support/random_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

using namespace outrider;
using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

/// Modes bind anybody but root.
struct as_plain_user {
    as_plain_user() {
        constexpr uid_t nobody = 65534;
        if (::geteuid() == 0 && (::setresgid(nobody, nobody, nobody) != 0 ||
                                 ::setresuid(nobody, nobody, nobody) != 0)) {
            BOOST_TEST_MESSAGE("runs as root: modes are copied, and not felt");
        }
    }
};
BOOST_TEST_GLOBAL_FIXTURE(as_plain_user);

std::uint64_t chosen_seed() {
    const char* given = std::getenv("OUTRIDER_TEST_SEED");
    const std::uint64_t seed =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    BOOST_TEST_MESSAGE("OUTRIDER_TEST_SEED=" << seed);
    return seed;
}

void check_same(const std::vector<std::string>& found) {
    for (const auto& line : found) {
        BOOST_TEST_ERROR(line);
    }
}

/// Runs at `far` that are changed again and again, and pulled after each round.
struct changing_runs {
    copy_scene scene;
    random_tree tree;
    std::vector<std::string> ids;

    changing_runs(std::uint64_t seed, remote_place where) : scene(where), tree(seed) {
        for (const char digit : {'a', 'b', 'c'}) {
            ids.push_back(scene.make_run(digit));
            tree.fill(scene.far_run(ids.back()), 40, scene.far_run(ids.front()) + "/a");
        }
    }
    std::string change_all() {
        std::string said;
        for (auto changes = 1 + tree.below(12); changes > 0; --changes) {
            const auto& id = ids[tree.below(ids.size())];
            said += tree.mutate(scene.far_run(id), "../" + ids[tree.below(ids.size())]) + "\n";
        }
        return said;
    }
    void pull_and_compare(bool delete_extra) {
        std::vector<tree_map> before;
        for (const auto& id : ids) {
            before.push_back(fs::exists(scene.near_run(id)) ? read_tree(scene.near_run(id))
                                                            : tree_map());
        }
        const auto pulled = scene.pull({.delete_extra = delete_extra});
        BOOST_REQUIRE_MESSAGE(!pulled.error, pulled.told());
        for (std::size_t i = 0; i < ids.size(); ++i) {
            BOOST_TEST_CONTEXT("run " << ids[i]) {
                check_same(differences(read_tree(scene.far_run(ids[i])),
                                       read_tree(scene.near_run(ids[i])),
                                       delete_extra ? nullptr : &before[i]));
                BOOST_TEST(partials_in(scene.near_run(ids[i])).empty());
            }
        }
        const auto again = scene.pull({.delete_extra = delete_extra});
        BOOST_TEST(again.summary.unchanged == static_cast<std::int64_t>(ids.size()));
        BOOST_TEST(again.summary.sent_bytes == 0);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(copied_trees)

BOOST_AUTO_TEST_CASE(copies_of_random_trees_are_equal_after_each_round_of_random_changes) {
    const auto seed = chosen_seed();
    for (std::uint64_t sequence = 0; sequence < 2; ++sequence) {
        changing_runs runs(seed + sequence,
                           sequence == 0 ? remote_place::elsewhere : remote_place::here);
        BOOST_TEST_CONTEXT("sequence " << sequence << ", fresh") {
            runs.pull_and_compare(false);
        }
        for (int round = 0; round < 5; ++round) {
            const auto changes = runs.change_all();
            BOOST_TEST_CONTEXT("sequence " << sequence << ", round " << round << "\n" << changes) {
                runs.pull_and_compare(round % 2 == 0);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
