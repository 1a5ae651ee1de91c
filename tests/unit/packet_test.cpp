#include "engine/protocol/packet.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <random>

using namespace outrider;
using namespace outrider::protocol;

namespace {

/// A packet, told as text by a reader that takes any bytes: the records that could be read, each on
/// a line, then "malformed" if that was not all.
template <class Record>
std::string told(std::string_view payload, result<Record> (*read)(packet_reader&),
                 std::string (*tell)(const Record&)) {
    std::string out;
    packet_reader in(payload);
    while (in.ok() && !in.at_end()) {
        const auto record = read(in);
        if (!record) {
            BOOST_TEST((record.error().kind() == errc::protocol_violation));
            return out + "malformed";
        }
        out += tell(*record) + "\n";
    }
    return in.ok() ? out : out + "malformed";
}

std::string text_of(std::int64_t value) {
    return std::to_string(value) + " ";
}

std::string tell_entry(const file_entry& entry) {
    return text_of(static_cast<int>(entry.type)) + entry.path + " " + text_of(entry.size) +
           text_of(entry.mtime_ns) + text_of(entry.mode) + entry.target;
}
std::string tell_scan(const scan_record& record) {
    return std::string(1, static_cast<char>(record.kind)) + tell_entry(record.entry) +
           record.partial + (record.exists ? "+" : "-") + record.state;
}
std::string tell_order(const file_order& order) {
    return text_of(order.number) + tell_entry(order.entry) + (order.basis ? "+" : "-") +
           order.source;
}
std::string tell_content(const content_record& record) {
    return std::string(1, static_cast<char>(record.kind)) + text_of(record.number) +
           text_of(record.size) + text_of(record.mtime_ns) + text_of(record.mode) +
           (record.live ? "+" : "-") + std::string(bytes_of(record.hash)) + text_of(record.first) +
           text_of(record.count) + std::string(record.data);
}
std::string tell_signature(const signature_record& record) {
    return text_of(record.number) + text_of(record.first) + std::string(record.hashes) +
           (record.last ? "+" : "-") + text_of(record.basis_bytes);
}

std::vector<file_entry> some_entries() {
    return {{"a", file_type::regular, 0, 0, 0, ""},
            {"a/b\xff\n", file_type::regular, INT64_MAX, INT64_MIN, 07777, ""},
            {"a/b\xff", file_type::directory, 0, INT64_MAX, 0755, ""},
            {"", file_type::other, 0, -1, 0600, ""},
            {std::string(4096, 'p'), file_type::link, 0, 1, 0777, "../\xff"},
            {std::string(4000, 'p') + "q", file_type::link, 0, 1, 0777, ""}};
}

/// One kind of packet: every record that it may hold, and how it is told.
struct sample {
    std::string name;
    std::string payload;
    std::string expected; ///< of the whole payload
    std::function<std::string(std::string_view)> tell;
    bool open_ended = false; ///< the last record takes the rest of the packet
};

template <class Record>
sample made(std::string name, packet_kind kind, const std::vector<Record>& records,
            result<Record> (*read)(packet_reader&), std::string (*tell)(const Record&)) {
    sample out{.name = std::move(name)};
    packet_writer writer(kind);
    for (const auto& record : records) {
        write_record(writer, record);
        out.expected += tell(record) + "\n";
    }
    out.payload = writer.payload();
    out.tell = [read, tell](std::string_view payload) { return told(payload, read, tell); };
    return out;
}

sample scan_sample() {
    using kind = scan_record::kind_type;
    std::vector<scan_record> records{{.kind = kind::begin}};
    for (auto& entry : some_entries()) {
        records.push_back({.kind = kind::entry, .entry = entry});
    }
    records.push_back({.kind = kind::partial, .partial = partial_name("a/b")});
    records.push_back({.kind = kind::end, .exists = true, .state = "state"});
    records.push_back({.kind = kind::begin});
    records.push_back({.kind = kind::end});
    return made("scan", packet_kind::scan, records, &read_scan_record, &tell_scan);
}

sample order_sample() {
    std::vector<file_order> records;
    for (auto& entry : some_entries()) {
        records.push_back({.number = static_cast<std::int64_t>(records.size()) * 1'000,
                           .entry = entry,
                           .basis = records.size() % 2 == 1,
                           .source = records.size() == 2 ? "/abs" : ""});
    }
    return made("orders", packet_kind::orders, records, &read_file_order, &tell_order);
}

sample content_sample() {
    using kind = content_record::kind_type;
    static const std::string block(1'000, 'd');
    const std::vector<content_record> records{
        {.kind = kind::whole,
         .number = 3,
         .size = 4,
         .mtime_ns = -5,
         .mode = 0644,
         .live = true,
         .hash = hash_of_small_file("data"),
         .data = "data"},
        {.kind = kind::whole, .number = 4, .hash = hash_of_small_file("")},
        {.kind = kind::missing, .number = INT64_MAX},
        {.kind = kind::head, .number = 5, .size = INT64_MAX, .mtime_ns = INT64_MIN, .mode = 07777},
        {.kind = kind::keep, .first = 0, .count = 7},
        {.kind = kind::zeros, .first = 7, .count = INT64_MAX},
        {.kind = kind::tail, .size = 12, .live = true, .hash = hash_of_zero_block()},
        {.kind = kind::block, .first = 300, .count = 1, .data = block}};
    auto out = made("content", packet_kind::content, records, &read_content_record, &tell_content);
    out.open_ended = true;
    return out;
}

sample signature_sample() {
    static const std::string hashes(160, 'h');
    const std::vector<signature_record> records{
        {.number = 1, .first = 0, .hashes = hashes},
        {.number = 1, .first = 10, .hashes = hashes, .last = true, .basis_bytes = INT64_MAX},
        {.number = 2, .last = true}};
    return made("signature", packet_kind::signature, records, &read_signature_record,
                &tell_signature);
}

std::string credit_told(std::string_view payload) {
    packet_reader in(payload);
    const auto credit = read_credit(in);
    return credit ? text_of(*credit) : "malformed";
}
std::string ack_told(std::string_view payload) {
    packet_reader in(payload);
    const auto ack = read_ack(in);
    return ack ? text_of(ack->content) + text_of(ack->orders) + text_of(ack->bytes) : "malformed";
}

std::vector<sample> samples() {
    return {scan_sample(),
            order_sample(),
            content_sample(),
            signature_sample(),
            {"credit", credit_packet(INT64_MAX), text_of(INT64_MAX), &credit_told},
            {"ack", ack_packet({1, 300, INT64_MAX}), "1 300 " + text_of(INT64_MAX), &ack_told}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(packets)

BOOST_AUTO_TEST_CASE(every_record_comes_back_as_it_was) {
    for (const auto& each : samples()) {
        BOOST_TEST_CONTEXT(each.name) {
            BOOST_TEST((each.tell(each.payload) == each.expected));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_packet_that_is_cut_is_malformed_or_a_shorter_one) {
    for (const auto& each : samples()) {
        for (std::size_t size = 0; size < each.payload.size(); ++size) {
            // In a buffer of its own, so that a sanitizer sees a read behind the end.
            const auto cut = each.tell(std::string(each.payload, 0, size));
            const bool malformed = cut.ends_with("malformed");
            const auto records = malformed ? cut.substr(0, cut.size() - 9) : cut;
            const bool block_is_cut = each.open_ended && !malformed;
            BOOST_TEST_CONTEXT(each.name << " of " << size << " bytes") {
                BOOST_TEST((block_is_cut || each.expected.starts_with(records)));
                BOOST_TEST(cut.size() < each.expected.size() + 9);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_packet_of_another_kind_is_refused) {
    const auto all = samples();
    for (const auto& each : all) {
        for (const auto& other : all) {
            if (each.name != other.name) {
                auto payload = each.payload;
                payload[0] = other.payload[0];
                BOOST_TEST(each.tell(payload).starts_with("malformed"));
            }
        }
        auto unknown = each.payload;
        unknown[0] = '?';
        BOOST_TEST(each.tell(unknown).starts_with("malformed"));
    }
}

BOOST_AUTO_TEST_CASE(numbers_and_paths_out_of_bounds_are_refused) {
    packet_reader too_long("c\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    std::ignore = too_long.number();
    BOOST_TEST(!too_long.ok());
    packet_writer negative(packet_kind::credit);
    negative.number(std::uint64_t{1} << 63);
    BOOST_TEST(credit_told(negative.payload()) == "malformed");

    packet_writer path(packet_kind::scan);
    path.path(std::string(4097, 'x'));
    packet_reader in(path.payload());
    BOOST_TEST(in.path().empty());
    BOOST_TEST(!in.ok());

    packet_writer shared(packet_kind::scan); // more than there was before it
    shared.number(1);
    shared.bytes("x");
    packet_reader sharing(shared.payload());
    BOOST_TEST(sharing.path().empty());
    BOOST_TEST(!sharing.ok());

    packet_writer block(packet_kind::content);
    write_record(block, content_record{.kind = content_record::kind_type::block,
                                       .data = std::string(block_size + 1, 'b')});
    packet_reader large(block.payload());
    BOOST_TEST(read_content_record(large).has_error());

    packet_writer hashes(packet_kind::signature);
    write_record(hashes, signature_record{.hashes = "fifteen bytes.."});
    packet_reader odd(hashes.payload());
    BOOST_TEST(read_signature_record(odd).has_error());
}

BOOST_AUTO_TEST_CASE(a_packet_is_full_at_its_size_and_begins_again_without_its_past) {
    packet_writer out(packet_kind::scan);
    BOOST_TEST(out.empty());
    out.path("one/path");
    BOOST_TEST(!out.empty());
    out.raw(std::string(packet_fill, 'x'));
    BOOST_TEST(out.full());
    out.clear();
    BOOST_TEST(out.empty());
    out.path("one/path");
    packet_reader in(out.payload());
    BOOST_TEST(in.path() == "one/path");
}

BOOST_AUTO_TEST_CASE(random_bytes_never_harm_a_reader) {
    const auto seed = std::random_device()();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const auto all = samples();
    for (int round = 0; round < 20'000; ++round) {
        const auto& each = all[random() % all.size()];
        // Half of them are nearly right.
        std::string bytes = round % 2 == 0 ? each.payload.substr(0, random() % 400)
                                           : std::string(random() % 64, '\0');
        for (std::size_t i = 1; i < bytes.size(); ++i) {
            if (round % 2 == 1 || random() % 16 == 0) {
                bytes[i] = static_cast<char>(random());
            }
        }
        if (!bytes.empty()) {
            bytes[0] = each.payload[0];
        }
        BOOST_TEST_CONTEXT("seed " << seed << ", round " << round) {
            const auto out = each.tell(bytes);
            // A path may repeat what came before it, once for each few bytes.
            BOOST_REQUIRE_LE(out.size(), (bytes.size() + 1) * 5'000);
        }
    }
}

BOOST_AUTO_TEST_CASE(partial_names_are_short_safe_and_one_for_each_path) {
    BOOST_TEST(partial_name("a").size() < 64U);
    BOOST_TEST(partial_name("a").ends_with(".part"));
    BOOST_TEST(partial_name("a") != partial_name("b"));
    BOOST_TEST(partial_name(std::string(4'000, '/')).find('/') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
