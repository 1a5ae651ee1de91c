#include "engine/search/grid.hpp"

#include "engine/text/yaml_text.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

using boost::json::array;

// "1 2 x|" for each trial.
std::string trials_of(const grid& all) {
    std::string out;
    for (std::uint64_t i = 0; i < all.count(); ++i) {
        for (const auto& [name, value] : all.at(i)) {
            out += yaml_flow(value) + " ";
        }
        out.back() = '|';
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(grids)

BOOST_AUTO_TEST_CASE(the_last_name_changes_fastest_and_values_keep_their_order) {
    const grid all({{"b", array{200, 150}}, {"a", array{"y", "x"}}, {"c", 7}});
    BOOST_TEST(trials_of(all) == "'y' 200 7|'y' 150 7|x 200 7|x 150 7|");
}

BOOST_AUTO_TEST_CASE(what_is_equal_is_tried_twice_and_an_empty_list_is_nothing) {
    BOOST_TEST(trials_of(grid({{"a", array{9, 9}}})) == "9|9|");
    BOOST_TEST(grid({{"a", array{}}, {"b", array{1, 2}}}).count() == 0U);
    BOOST_TEST(grid({{"a", 1}}).count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_grid_beyond_all_numbers_is_counted_and_sampled) {
    flag_map flags;
    const array many(1000, 1);
    for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
        flags[name] = many;
    }
    const grid all(flags);
    BOOST_TEST(all.count() == std::uint64_t{1} << 62U);
    const auto numbers = sampled_numbers(all.count(), 10, 1);
    BOOST_TEST(numbers.size() == 10U);
    BOOST_TEST(all.at(numbers.back()).size() == 8U);
}

BOOST_AUTO_TEST_CASE(a_sample_is_that_of_python_for_the_seed) {
    using numbers = std::vector<std::uint64_t>;
    BOOST_TEST(sampled_numbers(25, 4, 1) == (numbers{2, 4, 18, 24}),
               boost::test_tools::per_element());
    BOOST_TEST(sampled_numbers(25, 3, 99) == (numbers{6, 12, 19}),
               boost::test_tools::per_element());
    BOOST_TEST(sampled_numbers(5, 3, 5) == (numbers{2, 3, 4}), boost::test_tools::per_element());
    BOOST_TEST(sampled_numbers(1000, 3, 7U) == (numbers{154, 331, 970}),
               boost::test_tools::per_element());
    BOOST_TEST(sampled_numbers(1000, 20, 0U) ==
                   (numbers{41,  265, 310, 366, 394, 414, 430, 488, 497, 523,
                            597, 776, 802, 849, 864, 911, 913, 940, 988, 991}),
               boost::test_tools::per_element());
    BOOST_TEST(sampled_numbers(10000000, 6, 4294967295U) ==
                   (numbers{3409129, 3612863, 4887799, 5704720, 6394069, 8764381}),
               boost::test_tools::per_element());
    BOOST_TEST(sampled_numbers(1000000000000, 4, 123456789012U) ==
                   (numbers{159773163435, 287851697584, 455869569931, 714583836026}),
               boost::test_tools::per_element());
    BOOST_TEST(sampled_numbers(86, 6, 3U) == (numbers{16, 30, 47, 69, 75, 77}),
               boost::test_tools::per_element());
    BOOST_TEST(sampled_numbers(85, 6, 3U) == (numbers{16, 30, 47, 69, 75, 77}),
               boost::test_tools::per_element());
    BOOST_TEST(sampled_numbers(3, 9, 5) == (numbers{0, 1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
