#include "engine/commands/choosing/column_spec.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

// KIND PART NAME [step] as HEADING, for each column.
std::string read(std::string_view text) {
    const auto columns = parse_columns(text);
    if (!columns) {
        return columns.error().context;
    }
    std::string out;
    for (const auto& each : *columns) {
        out += out.empty() ? "" : "; ";
        out += boost::describe::enum_to_string(each.kind, "?");
        out += " ";
        out += boost::describe::enum_to_string(each.part, "?");
        out += " " + each.name + (each.step ? " step" : "") + " as " + each.heading;
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(column_specs)

BOOST_AUTO_TEST_CASE(columns_are_flags_attributes_or_parts_of_scalars) {
    const std::pair<const char*, const char*> cases[] = {
        {"loss", "scalar last loss as loss"},
        {" =lr ,\tflag:x", "flag last lr as lr; flag last x as x"},
        {".label, attr:id", "attribute last label as label; attribute last id as id"},
        {"scalar:loss", "scalar last loss as loss"},
        {"scalar: loss", "scalar last loss as loss"},
        {"min loss", "scalar least loss as loss"},
        {"max val#loss step", "scalar greatest val#loss step as val loss step"},
        {"#loss", "scalar last #loss as loss"},
        {".guild#loss", "attribute last guild#loss as guild#loss"},
        {"total secs as \"all laps\"", "scalar total secs as all laps"},
        {"'a, b' as 'c d'", "scalar last a, b as c d"},
        {"\"a\\\"b\"", "scalar last a\"b as a\"b"},
        {"min", "scalar last min as min"},
        {"min as x", "scalar last min as x"},
        {"min min", "scalar least min as min"},
        {"step", "scalar last step as step"},
        {"a=b", "scalar last a=b as a=b"},
        {"=a.b", "flag last a.b as a.b"}};
    for (const auto& [text, columns] : cases) {
        BOOST_TEST(read(text) == columns, text << ": " << read(text));
    }
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_with_its_place) {
    const std::pair<const char*, const char*> cases[] = {
        {"foo bar", "unexpected token 'bar', line 1, pos 11"},
        {"=laps, pulse pulse", "unexpected token 'pulse', line 1, pos 20"},
        {"a,,b", "unexpected token ',', line 1, pos 9"},
        {"scalar:min loss", "unexpected token 'loss', line 1, pos 18"},
        {"=\"a\"", "unexpected token 'a', line 1, pos 8"},
        {"\"a", "unexpected token '\"', line 1, pos 7"},
        {"a as", "unexpected end of columns"},
        {"", "unexpected end of columns"}};
    for (const auto& [text, why] : cases) {
        BOOST_TEST(read(text) == why, text << ": " << read(text));
    }
}

BOOST_AUTO_TEST_SUITE_END()
