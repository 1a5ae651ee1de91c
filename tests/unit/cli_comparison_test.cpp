#include "cli/render/comparison_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;
using namespace outrider::cli;

namespace {

runs_compared table() {
    return {.columns = {"run", "operation", "x"},
            .rows = {{.id = "a",
                      .marked = true,
                      .values = {{"run", "a"}, {"operation", "train"}, {"x", 4.199999809265137}}},
                     {.id = "b", .values = {{"run", "b"}, {"x", true}}},
                     {.id = "c", .values = {{"run", "c"}, {"x", 1.2339999557298142e-05}}}}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_comparisons)

BOOST_AUTO_TEST_CASE(tables_cut_numbers_and_never_themselves) {
    BOOST_TEST(comparison_table(table(), std::nullopt) == "run  operation       x\n"
                                                          "a    train [marked]  4.199999\n"
                                                          "b                    yes\n"
                                                          "c                    1.233999e-05\n");
    BOOST_TEST(comparison_table({.columns = {"x"}}, std::nullopt).empty());
}

BOOST_AUTO_TEST_CASE(csv_has_the_values_as_they_are) {
    auto compared = table();
    compared.rows[1].values["operation"] = "a \"b\", c";
    BOOST_TEST(comparison_csv(compared) == "run,operation,x\n"
                                           "a,train,4.199999809265137\n"
                                           "b,\"a \"\"b\"\", c\",True\n"
                                           "c,,1.2339999557298142e-05\n");
    BOOST_TEST(comparison_csv({.columns = {"x"}}).empty());
    BOOST_TEST(comparison_csv({.columns = {"x"}, .rows = {{}}}) == "x\n\"\"\n");
}

BOOST_AUTO_TEST_CASE(on_a_terminal_the_widest_columns_give_way) {
    auto compared = table();
    compared.rows[1].values["operation"] = "an operation with a long name";
    for (const std::size_t width : {60U, 40U, 24U}) {
        const auto text = comparison_table(compared, width);
        for (std::size_t at = 0; at < text.size();) {
            const auto end = text.find('\n', at);
            const auto line = text.substr(at, end - at);
            const auto characters = std::ranges::count_if(
                line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
            BOOST_TEST(static_cast<std::size_t>(characters) <= width);
            at = end + 1;
        }
    }
    BOOST_TEST(comparison_table(compared, 60).find("an operation with a…") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(scalars_are_listed_by_run) {
    BOOST_TEST(scalars_list({{{.id = "0123456789",
                               .operation = "t",
                               .scalars = {{.tag = "loss", .last = 9, .last_step = 3}}}}}) ==
               "[01234567] t\n  loss: 9.000000 (step 3)\n");
}

BOOST_AUTO_TEST_SUITE_END()
