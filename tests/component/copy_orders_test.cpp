// Orders of a transfer that run ahead of what is done.
#include "tests/support/copy_scene.hpp"
#include "tests/support/random_tree.hpp"
#include "tests/support/run_sender.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace outrider;
using namespace outrider::testing;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(copy_orders)

// A sender has all orders behind the large one waiting, of which it takes 24 MiB.
BOOST_AUTO_TEST_CASE(many_long_orders_wait_for_a_large_file) {
    copy_scene at;
    const auto id = at.make_run('a');
    write_file(at.far_run(id) + "/a-large", noise(std::size_t{200} << 20), 0644);
    fs::create_directory(at.far_run(id) + "/links");
    for (int i = 0; i < 8100; ++i) {
        const auto name = std::to_string(i);
        fs::create_symlink(name + std::string(3500, 'x'), at.far_run(id) + "/links/" + name);
    }
    const auto pulled = at.pull();
    BOOST_REQUIRE_MESSAGE(!pulled.error, pulled.told());
    BOOST_TEST(differences(read_tree(at.far_run(id)), read_tree(at.near_run(id))).empty());
}

BOOST_AUTO_TEST_SUITE_END()
