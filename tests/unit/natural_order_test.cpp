#include "engine/text/natural_order.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace outrider;

BOOST_AUTO_TEST_SUITE(natural_order)

BOOST_AUTO_TEST_CASE(digits_compare_as_numbers_and_text_by_bytes) {
    // Each list is in order: every element is less than all that follow.
    const std::vector<std::string> lists[] = {
        {"", "1", "2", "10", "a"},
        {"a", "a1", "a1.txt", "a2", "a10", "b"},
        {"A", "B", "a"},
        {"model-9/step-2", "model-9/step-11", "model-10/step-1"},
        {"99999999999999999999998", "99999999999999999999999", "100000000000000000000000"},
        {"x001", "x01", "x1", "x1a", "x2"},
        {"a", "a.", "ab"},
    };
    for (const auto& list : lists) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            for (std::size_t j = 0; j < list.size(); ++j) {
                BOOST_TEST_CONTEXT(list[i] << " < " << list[j]) {
                    BOOST_TEST(natural_less(list[i], list[j]) == (i < j));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
