#include "engine/agent/files/beneath.hpp"
#include "engine/runs/run_paths.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using outrider::is_safe_name;
using outrider::agent::is_safe_path;

BOOST_AUTO_TEST_CASE(only_relative_names_that_stay_below_are_safe) {
    for (const std::string good : {"a", "a/b", ".guild/attrs/id", "..a", "a..", "...", " ", "a b",
                                   "-rf", "\xff\xfe", "a\nb"}) {
        BOOST_TEST(is_safe_path(good), good);
    }
    for (const std::string& bad :
         {std::string(""), std::string("/"), std::string("/abs"), std::string("."),
          std::string(".."), std::string("../x"), std::string("a/../../b"), std::string("a/.."),
          std::string("a//b"), std::string("a/"), std::string("./a"), std::string("a/./b"),
          std::string("a\0b", 3), std::string(256, 'x'), std::string(5000, 'a')}) {
        BOOST_TEST(!is_safe_path(bad), bad);
    }
    std::string deep = "a";
    for (int i = 0; i < 300; ++i) {
        deep += "/a";
    }
    BOOST_TEST(!is_safe_path(deep));
}

BOOST_AUTO_TEST_CASE(a_name_of_a_run_is_one_component) {
    BOOST_TEST(is_safe_name("0123456789abcdef0123456789abcdef"));
    for (const char* bad : {"", ".", "..", "a/b", "/", "a/"}) {
        BOOST_TEST(!is_safe_name(bad), bad);
    }
}
