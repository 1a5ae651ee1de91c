#include "engine/json/every_member.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace outrider;

namespace {

struct filter {
    std::vector<std::string> words;
    std::string since;
    bool all = false;
};
BOOST_DESCRIBE_STRUCT(filter, (), (words, since, all))

// One of every kind that messages are made of, in three of which something is wrong.
struct whole {
    std::string name;
    filter chosen;
    std::optional<double> loss;
    std::vector<filter> others;
    std::map<std::string, filter> by_name;
    boost::json::value any;
    std::chrono::seconds age{0};
    bool last = true;
    [[maybe_unused]] static constexpr int version = 3; // is no part of a value
};
BOOST_DESCRIBE_STRUCT(whole, (), (name, chosen, loss, others, by_name, any, age, last))

struct without_first : whole {
    std::string added;
};
BOOST_DESCRIBE_STRUCT(without_first, (), (added))

struct with_base : whole {
    std::string added;
};
BOOST_DESCRIBE_STRUCT(with_base, (whole), (added))

struct empty {};
BOOST_DESCRIBE_STRUCT(empty, (), ())

struct forgets_the_only_one {
    std::string name;
};
BOOST_DESCRIBE_STRUCT(forgets_the_only_one, (), ())

struct forgets_the_first {
    filter chosen;
    std::vector<std::string> words; // could begin what is forgotten
    std::string since;
};
BOOST_DESCRIBE_STRUCT(forgets_the_first, (), (words, since))

struct forgets_one_of_many {
    bool one = false;
    bool two = false;
    std::int64_t three = 0;
    bool four = false;
};
BOOST_DESCRIBE_STRUCT(forgets_one_of_many, (), (one, two, four))

struct forgets_the_last {
    std::optional<std::string> one;
    std::optional<std::string> two;
};
BOOST_DESCRIBE_STRUCT(forgets_the_last, (), (one))

struct only_by_name {
    explicit only_by_name() = default;
};
struct forgets_what_braces_cannot_make {
    std::string name;
    std::unique_ptr<int> owned;
    only_by_name made;
};
BOOST_DESCRIBE_STRUCT(forgets_what_braces_cannot_make, (), (name, owned))

struct in_another_order {
    std::string name;
    std::vector<std::string> words;
};
BOOST_DESCRIBE_STRUCT(in_another_order, (), (words, name))

struct of_c {
    int values[3];
};
BOOST_DESCRIBE_STRUCT(of_c, (), (values))

class no_aggregate {
  public:
    explicit no_aggregate(int v) : value(v) {}
    int value;
};
BOOST_DESCRIBE_STRUCT(no_aggregate, (), (value))

} // namespace

BOOST_AUTO_TEST_SUITE(every_member)

BOOST_AUTO_TEST_CASE(a_description_of_all_members_is_whole) {
    static_assert(describes_every_member<filter>);
    static_assert(describes_every_member<whole>);
    static_assert(describes_every_member<with_base>);
    static_assert(describes_every_member<empty>);
}

BOOST_AUTO_TEST_CASE(a_member_or_base_that_is_forgotten_is_found_wherever_it_stands) {
    static_assert(!describes_every_member<forgets_the_only_one>);
    static_assert(!describes_every_member<forgets_the_first>);
    static_assert(!describes_every_member<forgets_one_of_many>);
    static_assert(!describes_every_member<forgets_the_last>);
    static_assert(!describes_every_member<forgets_what_braces_cannot_make>);
    static_assert(!describes_every_member<without_first>);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_told_is_refused) {
    static_assert(!describes_every_member<in_another_order>);
    static_assert(!describes_every_member<of_c>);
    static_assert(!describes_every_member<no_aggregate>);
}

BOOST_AUTO_TEST_SUITE_END()
