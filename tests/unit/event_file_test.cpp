#include "engine/scalars/event_message.hpp"
#include "engine/scalars/event_records.hpp"
#include "engine/scalars/wire_format.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace outrider;

namespace {

using found = event_records::found;

std::string record(std::string_view payload) {
    std::string out;
    append_event_record(out, payload);
    return out;
}

// What is found, fed in pieces of this size.
std::vector<std::string> records_in(const std::string& bytes, std::size_t piece,
                                    event_records& reader, found& last) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        reader.feed(std::string_view(bytes).substr(at, piece));
        std::string_view payload;
        while ((last = reader.next(payload)) == found::record) {
            out.emplace_back(payload);
        }
        if (last == found::damaged) {
            break;
        }
    }
    return out;
}

// An event at step 7 with one value.
std::string event_with(const std::string& value) {
    std::string values;
    append_bytes_field(values, 1, value);
    std::string out;
    append_double_field(out, 1, 1.5);
    append_varint_field(out, 2, 7);
    append_bytes_field(out, 5, values);
    return out;
}

std::string value_with_tensor(const std::string& tensor, const std::string& plugin = "scalars") {
    std::string data;
    append_bytes_field(data, 1, plugin);
    std::string metadata;
    append_bytes_field(metadata, 1, data);
    std::string value;
    append_bytes_field(value, 1, "loss");
    append_bytes_field(value, 9, metadata);
    append_bytes_field(value, 8, tensor);
    return value;
}

std::string tensor(std::uint64_t type, std::uint32_t field, const std::string& bytes) {
    std::string out;
    append_varint_field(out, 1, type);
    append_bytes_field(out, 2, "");
    append_bytes_field(out, field, bytes);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(event_files)

BOOST_AUTO_TEST_CASE(checksums_are_those_of_the_specification) {
    // RFC 3720, B.4: the CRC of 32 zero bytes is 8a9136aa; TFRecord masks it.
    const std::uint32_t crc = 0x8a9136aa;
    const std::uint32_t masked = (crc >> 15 | crc << 17) + 0xa282ead8;
    BOOST_TEST(masked_crc32c(std::string(32, '\0')) == masked);
    // However long: eight bytes at a time, and the rest.
    std::string bytes;
    for (int i = 0; i < 32; ++i) {
        bytes += static_cast<char>(i);
    }
    const std::uint32_t ascending = 0x46dd794e; // the same place, of 0 to 31
    BOOST_TEST(masked_crc32c(bytes) == (ascending >> 15 | ascending << 17) + 0xa282ead8);
    const std::uint32_t nine = 0xe3069283; // of "123456789", the check value of CRC-32C
    BOOST_TEST(masked_crc32c("123456789") == (nine >> 15 | nine << 17) + 0xa282ead8);
    // The head of every event file that TensorBoard wrote: 24 bytes follow.
    BOOST_TEST(record(std::string(24, 'x')).substr(0, 12) ==
               std::string("\x18\0\0\0\0\0\0\0\xa3\x7f\x4b\x22", 12));
}

BOOST_AUTO_TEST_CASE(records_come_back_however_they_are_fed) {
    const std::string bytes = record("one") + record("") + record(std::string(5000, 'x'));
    for (const std::size_t piece : {1U, 7U, 100U, 100000U}) {
        event_records reader;
        auto last = found::more;
        const auto got = records_in(bytes, piece, reader, last);
        BOOST_REQUIRE(got.size() == 3U);
        BOOST_TEST(got[0] == "one");
        BOOST_TEST(got[1].empty());
        BOOST_TEST(got[2].size() == 5000U);
        BOOST_TEST((last == found::more));
        BOOST_TEST(reader.consumed() == bytes.size());
    }
}

BOOST_AUTO_TEST_CASE(a_last_record_that_is_not_whole_waits) {
    const std::string whole = record("one") + record("two");
    for (std::size_t cut = record("one").size(); cut < whole.size(); ++cut) {
        event_records reader;
        auto last = found::more;
        BOOST_TEST(records_in(whole.substr(0, cut), 1000, reader, last).size() == 1U);
        BOOST_TEST((last == found::more));
        BOOST_TEST(reader.consumed() == record("one").size());
    }
}

BOOST_AUTO_TEST_CASE(a_spoilt_record_is_passed_over_and_a_spoilt_length_ends_the_file) {
    std::string spoilt = record("one") + record("two") + record("three");
    spoilt[record("one").size() + 13] ^= 1; // in the data of "two"
    event_records reader;
    auto last = found::more;
    const auto got = records_in(spoilt, 1000, reader, last);
    BOOST_REQUIRE(got.size() == 2U);
    BOOST_TEST(got[1] == "three");
    BOOST_TEST(reader.consumed() == spoilt.size());

    spoilt[record("one").size()] ^= 1;
    event_records again;
    BOOST_TEST(records_in(spoilt, 1000, again, last).size() == 1U);
    BOOST_TEST((last == found::damaged));
    BOOST_TEST(again.consumed() == record("one").size());
}

BOOST_AUTO_TEST_CASE(a_record_that_is_too_large_is_passed_over_without_being_held) {
    const std::string bytes =
        record("one") + record(std::string(std::size_t{5} << 20, 'x')) + record("two");
    event_records reader;
    auto last = found::more;
    const auto got = records_in(bytes, 65536, reader, last);
    BOOST_REQUIRE(got.size() == 2U);
    BOOST_TEST(got[1] == "two");
    BOOST_TEST(reader.consumed() == bytes.size());
}

BOOST_AUTO_TEST_CASE(an_event_of_our_own_comes_back) {
    const scalar_point point{.tag = "loss", .step = 12, .value = 0.5};
    const auto event = read_event(scalar_event(1.5, point));
    BOOST_REQUIRE(event.scalars.size() == 1U);
    BOOST_TEST((event.scalars.front() == point));
    BOOST_TEST(read_event(file_version_event(1.5)).scalars.empty());
    const scalar_point before{.tag = "x", .step = -1, .value = -2};
    BOOST_TEST((read_event(scalar_event(0, before)).scalars.front() == before));
}

BOOST_AUTO_TEST_CASE(tensors_of_one_float_are_scalars) {
    using bytes = std::string;
    const std::tuple<std::string, double> cases[] = {
        {tensor(1, 4, bytes("\0\0\0\x3f", 4)), 0.5},            // float, content
        {tensor(2, 4, bytes("\0\0\0\0\0\0\xe0\x3f", 8)), 0.5},  // double
        {tensor(19, 4, bytes("\x00\x38", 2)), 0.5},             // half
        {tensor(14, 4, bytes("\x00\x3f", 2)), 0.5},             // bfloat16
        {tensor(1, 5, bytes("\0\0\0\x3f", 4)), 0.5},            // float_val, packed
        {tensor(2, 6, bytes("\0\0\0\0\0\0\xe0\x3f", 8)), 0.5}}; // double_val
    for (const auto& [content, value] : cases) {
        const auto event = read_event(event_with(value_with_tensor(content)));
        BOOST_REQUIRE(event.scalars.size() == 1U);
        BOOST_TEST(event.scalars.front().value == value);
        BOOST_TEST(event.scalars.front().step == 7);
        BOOST_TEST(event.scalars.front().tag == "loss");
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_scalar_gives_none) {
    const std::string values[] = {
        value_with_tensor(tensor(1, 5, std::string(8, '\0'))),  // two numbers
        value_with_tensor(tensor(1, 4, std::string(8, '\0'))),  // two numbers
        value_with_tensor(tensor(3, 7, std::string(1, '\1'))),  // an integer
        value_with_tensor(tensor(3, 4, std::string(4, '\1'))),  // an integer
        value_with_tensor(tensor(9, 10, std::string(1, '\5'))), // an integer
        value_with_tensor(tensor(99, 4, std::string(4, '\0'))), // of no type that we know
        value_with_tensor(tensor(1, 4, std::string(4, '\0')), "hparams"),
        value_with_tensor(""),
        ""};
    for (const auto& value : values) {
        const auto event = read_event(event_with(value));
        BOOST_TEST(event.scalars.empty());
        BOOST_TEST(event.texts.empty());
    }
}

BOOST_AUTO_TEST_CASE(texts_are_read_too) {
    const auto event = read_event(event_with(value_with_tensor(tensor(7, 8, "hello"), "text")));
    BOOST_REQUIRE(event.texts.size() == 1U);
    BOOST_TEST(event.texts.front().tag == "loss");
    BOOST_TEST(event.texts.front().text == "hello");
}

BOOST_AUTO_TEST_CASE(lengths_are_not_trusted) {
    const std::string whole = scalar_event(1.5, {.tag = "loss", .step = 300, .value = 0.5});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::ignore = read_event(whole.substr(0, size));
    }
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string changed = whole;
        changed[at] = '\xff';
        std::ignore = read_event(changed);
    }
    BOOST_TEST(read_event("\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").scalars.empty());
}

BOOST_AUTO_TEST_SUITE_END()
