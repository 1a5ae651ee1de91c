#include "engine/api/api_json.hpp"
#include "engine/api/api_names.hpp"
#include "engine/api/wire_text.hpp"
#include "engine/json/described_json.hpp"

#include <boost/json.hpp>
#include <boost/mp11.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <set>

using namespace outrider;

namespace {

namespace json = boost::json;
namespace mp11 = boost::mp11;

template <class Variant, class Each>
void for_each_alternative(Each each) {
    mp11::mp_for_each<mp11::mp_transform<mp11::mp_identity, Variant>>(each);
}

// Fills every member with a value that is not its default, any bytes among them.
struct filler {
    int count = 0;

    void fill(bool& out) { out = !out; }
    void fill(std::string& out) { out = "text \xff\n" + std::to_string(++count); }
    void fill(double& out) { out = ++count + 0.5; }
    void fill(json::value& out) { out = ++count; }
    template <std::integral I>
    void fill(I& out) {
        out = static_cast<I>(++count);
    }
    template <protocol::described_enum E>
    void fill(E& out) {
        mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
            [&](auto each) { out = each.value; }); // the last one
    }
    template <class T>
    void fill(std::optional<T>& out) {
        fill(out.emplace());
    }
    template <class T>
    void fill(std::vector<T>& out) {
        fill(out.emplace_back());
        fill(out.emplace_back());
    }
    template <class T>
    void fill(std::map<std::string, T>& out) {
        fill(out["plain"]);
        fill(out["not \xfe UTF-8"]);
    }
    void fill(failure& out) { out = failure(errc::no_space, "full \xff"); }
    void fill(command_ended& out) {
        fill(out.error.emplace());
        fill(out.exit_status.emplace());
    }
    template <protocol::described_struct T>
    void fill(T& out) {
        using members = boost::describe::describe_members<T, boost::describe::mod_any_access |
                                                                 boost::describe::mod_inherited>;
        mp11::mp_for_each<members>([&](auto member) { fill(out.*member.pointer); });
    }
};

command_context a_context() {
    command_context context;
    filler().fill(context);
    context.directory = "/work \xff here";
    return context;
}

bool is_plain_json(const std::string& text) {
    boost::system::error_code bad;
    json::parse(text, bad); // refuses what is not UTF-8
    return !bad && is_utf8(text);
}

} // namespace

BOOST_AUTO_TEST_SUITE(api_json)

BOOST_AUTO_TEST_CASE(every_command_comes_back_as_it_was) {
    for_each_alternative<command>([]<class One>(mp11::mp_identity<One>) {
        One one;
        filler().fill(one);
        const auto text = command_text(one, a_context());
        BOOST_TEST(is_plain_json(text), text);
        const auto back = read_command(text, {});
        BOOST_REQUIRE_MESSAGE(back, text);
        BOOST_REQUIRE(std::holds_alternative<One>(back->what));
        BOOST_TEST(protocol::encode(std::get<One>(back->what)) == protocol::encode(one));
        BOOST_TEST(protocol::encode(back->context) == protocol::encode(a_context()));
        BOOST_TEST(command_text(back->what, back->context) == text);
        const auto empty = protocol::encode(One{});
        BOOST_TEST((empty == "{}" || protocol::encode(one) != empty));
    });
}

BOOST_AUTO_TEST_CASE(every_event_comes_back_as_it_was) {
    for_each_alternative<event>([]<class One>(mp11::mp_identity<One>) {
        One one;
        filler().fill(one);
        const auto line = event_line(one, "gpu \xff", 7);
        BOOST_TEST(is_plain_json(line), line);
        BOOST_TEST(line.find('\n') == line.size() - 1);
        const auto back = read_event_line(line);
        BOOST_REQUIRE_MESSAGE(back, line);
        BOOST_REQUIRE(std::holds_alternative<One>(back->what));
        BOOST_TEST(back->remote == "gpu \xff");
        BOOST_TEST(back->question_id.value() == 7);
        BOOST_TEST(event_line(back->what, back->remote, back->question_id) == line);
        BOOST_TEST(line != event_line(One{}, "gpu \xff", 7));
    });
}

BOOST_AUTO_TEST_CASE(the_last_event_tells_its_failure) {
    command_ended ended;
    ended.error = failure(errc::unreachable_in_part, "");
    const auto back = read_event_line(event_line(ended, {}));
    BOOST_REQUIRE(back);
    const auto& last = std::get<command_ended>(back->what);
    BOOST_TEST((last.error == ended.error));
    BOOST_TEST(!last.exit_status);

    // A code of the system travels as one of ours, with the text that it stood for.
    ended.error = failure(make_error_code(boost::system::errc::no_space_on_device), "");
    const auto foreign = std::get<command_ended>(read_event_line(event_line(ended, {}))->what);
    BOOST_TEST((foreign.error->kind() == errc::io_failed));
    BOOST_TEST(foreign.error->context == ended.error->code.message());

    const auto good =
        std::get<command_ended>(read_event_line(event_line(command_ended{}, {}))->what);
    BOOST_TEST(!good.error);
}

BOOST_AUTO_TEST_CASE(names_are_those_of_the_types_and_no_two_are_alike) {
    BOOST_TEST(command_name<list_command>() == "list");
    BOOST_TEST(name_of(command(remote_status_command{})) == "remote_status");
    BOOST_TEST(name_of(event(command_ended{})) == "command_ended");
    std::set<std::string> commands;
    for_each_alternative<command>([&]<class One>(mp11::mp_identity<One>) {
        BOOST_TEST(commands.insert(command_name<One>()).second, command_name<One>());
    });
    std::set<std::string> events;
    for_each_alternative<event>([&]<class One>(mp11::mp_identity<One>) {
        BOOST_TEST(events.insert(event_name<One>()).second, event_name<One>());
    });
}

BOOST_AUTO_TEST_CASE(what_a_command_leaves_out_is_usual) {
    command_context usual{.directory = "/home/ann", .environment = {{"HOME", "/home/ann"}}};
    const auto asked = read_command(R"({"command": "list", "extra": 1,
                                        "context": {"assume_yes": true}})",
                                    usual);
    BOOST_REQUIRE(asked);
    BOOST_TEST(std::get<list_command>(asked->what).limit == 20);
    BOOST_TEST(asked->context.directory == "/home/ann");
    BOOST_TEST(asked->context.environment.at("HOME") == "/home/ann");
    BOOST_TEST(asked->context.assume_yes);
}

BOOST_AUTO_TEST_CASE(what_is_no_command_is_bad_input) {
    const char* wrong[] = {
        "",
        "[]",
        "{",
        R"({"command": 3})",
        R"({"command": "dance"})",
        R"({"command": ""})",
        R"({"arguments": {}})",
        R"({"command": "list", "arguments": []})",
        R"({"command": "list", "arguments": {"limit": "many"}})",
        R"({"command": "list", "arguments": {"limit": 99999999999999999999}})",
        R"({"command": "list", "arguments": {"selection": {"filter": {"states": ["gone"]}}}})",
        R"({"command": "list", "context": {"environment": ["A"]}})",
        R"({"command": "list", "context": {"directory": "here"}})",
        R"({"command": "list", "arguments": {"remote": "data:application/octet-stream;base64,A"}})",
        "{\"command\": \"list\", \"arguments\": {\"remote\": \"\xff\"}}",
    };
    for (const char* text : wrong) {
        const auto asked = read_command(text, {.directory = "/"});
        BOOST_REQUIRE_MESSAGE(!asked, text);
        BOOST_TEST((asked.error().kind() == errc::bad_input), text);
        BOOST_TEST(!asked.error().context.empty(), text);
    }
    BOOST_TEST(!read_command(std::string(40, '['), {}));
    BOOST_TEST(!read_event_line(R"({"event": "nothing_like_it", "data": {}})"));
    BOOST_TEST(!read_event_line(R"({"event": "note", "data": {"text": 1}})"));
    BOOST_TEST(
        !read_event_line(R"({"event": "command_ended", "data": {"error": {"code": "odd"}}})"));
}

BOOST_AUTO_TEST_CASE(bytes_travel_as_text_that_everyone_can_read) {
    const std::string all = [] {
        std::string bytes;
        for (int i = 0; i < 256; ++i) {
            bytes += static_cast<char>(i);
        }
        return bytes;
    }();
    const std::string uri = "data:application/octet-stream;base64,";
    for (const auto& bytes :
         {std::string(), std::string("plain"), std::string("\0", 1), std::string("\xe2\x82\xac"),
          std::string("\xe2\x82"), std::string("\xed\xa0\x80"), std::string("\xc0\x80"), all, uri,
          uri + "AAAA", std::string("\xff\xfe")}) {
        const auto text = to_wire(bytes);
        BOOST_TEST(is_utf8(text));
        BOOST_TEST((from_wire(text) == bytes));
    }
    BOOST_TEST(to_wire("plain") == "plain");
    BOOST_TEST(to_wire("\xff") == uri + "/w==");
    for (const char* wrong : {"A", "A===", "AB==", "====", "AA=A", "A A=", "AAAA="}) {
        BOOST_TEST(!from_wire(uri + wrong), wrong);
    }
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite_come_back) {
    scalar_summary loss;
    loss.last = std::numeric_limits<double>::infinity();
    run_described told;
    told.run.scalars = {loss};
    const auto back = read_event_line(event_line(told, {}));
    BOOST_REQUIRE(back);
    BOOST_TEST(std::get<run_described>(back->what).run.scalars.at(0).last == loss.last);
}

BOOST_AUTO_TEST_SUITE_END()
