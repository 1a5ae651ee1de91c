// Pulls from a far agent that lies: each ends with a clear failure, or does what is right, and
// nothing outside the run is touched.
#include "engine/protocol/packet.hpp"
#include "tests/support/copy_scene.hpp"
#include "tests/support/random_tree.hpp"
#include "tests/support/tampered_stream.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace outrider;
using namespace outrider::testing;
using protocol::content_record;
using protocol::packet_kind;
using protocol::scan_record;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
using payloads = std::vector<std::string>;

// Reads the records of a packet of this kind, lets `change` have each, and writes them again.
template <class Record, class Change>
payloads rewrite(std::string& payload, packet_kind kind,
                 result<Record> (*read)(protocol::packet_reader&), Change change) {
    if (payload.empty() || payload.front() != static_cast<char>(kind)) {
        return {};
    }
    protocol::packet_reader in(payload);
    protocol::packet_writer out(kind);
    while (!in.at_end()) {
        auto record = read(in);
        BOOST_REQUIRE(record.has_value());
        change(*record);
        write_record(out, *record);
    }
    payload = std::string(out.payload());
    return {};
}

tampering scan_with(std::function<void(scan_record&)> change) {
    return [change](std::string& payload) {
        return rewrite<scan_record>(payload, packet_kind::scan, &protocol::read_scan_record,
                                    change);
    };
}

// Gives the file `from` another name.
tampering named(std::string from, std::string to) {
    return scan_with([from, to](scan_record& record) {
        if (record.entry.path == from) {
            record.entry.path = to;
        }
    });
}

tampering content_with(std::function<void(content_record&)> change) {
    return [change](std::string& payload) {
        return rewrite<content_record>(payload, packet_kind::content,
                                       &protocol::read_content_record, change);
    };
}

template <class Change>
tampering content_of(content_record::kind_type kind, Change change) {
    return content_with([kind, change](content_record& record) {
        if (record.kind == kind) {
            change(record);
        }
    });
}

tampering after_content(std::function<payloads(const std::string&)> more) {
    return [more](std::string& payload) {
        return !payload.empty() && payload.front() == static_cast<char>(packet_kind::content)
                   ? more(payload)
                   : payloads{};
    };
}

/// A run with a small and a large file, and files of the user's beside the homes.
struct hostile_scene : copy_scene {
    const std::string id = make_run('a');
    tree_map outside;

    hostile_scene() {
        write_file(far_run(id) + "/small", "evil", 0644);
        write_file(far_run(id) + "/zlarge", std::string(2 * mebibyte + 5, 'x'), 0644);
        fs::create_directories(near_home() + "/precious");
        write_file(near_home() + "/precious/mine", "mine", 0644);
        write_file(near_home() + "/config.yml", "mine", 0644);
        outside = all_but_runs();
    }
    [[nodiscard]] tree_map all_but_runs() const {
        auto tree = read_tree(near_home());
        std::erase_if(tree, [](const auto& entry) {
            return entry.first.starts_with("runs") || entry.first.starts_with("cache");
        });
        return tree;
    }
    /// Pulls while that agent lies.
    copy_outcome pull_from(tampering tamper, const std::string& liar = remote_name) {
        tap.wrap = [&](const std::string& name, int, std::unique_ptr<byte_stream> shell) {
            return name == liar ? std::make_unique<tampered_stream>(std::move(shell), tamper)
                                : std::move(shell);
        };
        auto outcome = pull();
        tap.wrap = {};
        return outcome;
    }
};

struct lie {
    const char* what;
    tampering tamper;
    errc kind;
};

std::vector<lie> lies() {
    using kind = content_record::kind_type;
    const auto violation = errc::protocol_violation;
    return {
        {"a name that climbs", named("small", "s/../../../../precious/mine"), errc::bad_input},
        {"an absolute name", named(".guild", "/etc/evil"), errc::bad_input},
        {"an absolute name in order", named("zlarge", "zz//etc/evil"), errc::bad_input},
        {"names out of order", named("zlarge", "a"), violation},
        {"a name twice", named("zlarge", "small"), violation},
        {"a name with a NUL", named("small", std::string("small\0x", 7)), errc::bad_input},
        {"a wrong hash of a small file",
         content_of(kind::whole, [](auto& record) { record.hash[3] ^= 1; }), violation},
        {"a wrong hash of a large file",
         content_of(kind::tail, [](auto& record) { record.hash[3] ^= 1; }), violation},
        {"content of another file", content_of(kind::whole, [](auto& record) { ++record.number; }),
         violation},
        {"content of no file",
         content_of(kind::head, [](auto& record) { record.number = 1'000'000; }), violation},
        {"blocks out of order", content_of(kind::block, [](auto& record) { record.first += 3; }),
         violation},
        {"a file without end",
         content_of(kind::head, [](auto& record) { record.size = INT64_MAX; }), violation},
        {"a file that ends early", content_of(kind::head, [](auto& record) { record.size = 7; }),
         violation},
        {"a wrong length at the end", content_of(kind::tail, [](auto& record) { --record.size; }),
         violation},
        {"blocks that nobody has",
         content_of(kind::head,
                    [](auto& record) {
                        record.kind = kind::keep;
                        record.count = 5;
                    }),
         violation},
        {"a flood", after_content([](const auto& payload) { return payloads(200, payload); }),
         violation},
        {"more than was ordered",
         after_content([](const auto& payload) { return payloads(1, payload); }), violation},
        {"nonsense", after_content([](const auto&) { return payloads{"c\xff\xff\xff"}; }),
         violation},
        {"a packet of another kind", after_content([](const auto&) { return payloads{"g\x01"}; }),
         violation},
        {"content in memory that it does not share",
         [](std::string& payload) {
             if (payload.starts_with(static_cast<char>(packet_kind::content))) {
                 payload = protocol::lent_packet({.offset = 100, .size = 50});
             }
             return payloads{};
         },
         violation},
        {"an empty packet", after_content([](const auto&) { return payloads{""}; }), violation},
        {"a scan of nonsense",
         [](std::string& payload) {
             payload = payload.front() == 'n' ? "n\x7f\x7f" : payload;
             return payloads{};
         },
         violation},
        {"a scan that ends early",
         scan_with([](scan_record& record) { record.kind = scan_record::kind_type::end; }),
         violation},
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_copies)

BOOST_AUTO_TEST_CASE(a_lie_ends_the_pull_and_touches_nothing_outside_the_run) {
    for (const auto& [what, tamper, kind] : lies()) {
        BOOST_TEST_CONTEXT(what) {
            hostile_scene at;
            const auto outcome = at.pull_from(tamper);
            BOOST_REQUIRE_MESSAGE(outcome.error, outcome.told());
            BOOST_TEST((outcome.error->kind() == kind), outcome.told());
            BOOST_TEST(!outcome.error->context.empty());
            BOOST_TEST(differences(at.outside, at.all_but_runs()).empty());
            BOOST_TEST(!at.near_row(at.id)); // nothing that looks like a run
            // The truth is believed all the same.
            BOOST_TEST(!at.pull().error);
            BOOST_TEST(
                differences(read_tree(at.far_run(at.id)), read_tree(at.near_run(at.id))).empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_receiver_cannot_have_more_than_was_sent) {
    hostile_scene at;
    const auto outcome = at.pull_from(
        [](std::string& payload) {
            protocol::packet_reader packet(payload);
            if (packet.kind() == packet_kind::ack) {
                auto ack = protocol::read_ack(packet).value();
                ack.content += std::int64_t{1} << 30;
                payload = protocol::ack_packet(ack);
            }
            return payloads{};
        },
        "this machine");
    BOOST_REQUIRE_MESSAGE(outcome.error, outcome.told());
    BOOST_TEST((outcome.error->kind() == errc::protocol_violation));
    BOOST_TEST(outcome.error->context.find("received more than was sent") != std::string::npos,
               outcome.told());
    BOOST_TEST(!at.near_row(at.id));
    BOOST_TEST(!at.pull().error);
}

BOOST_AUTO_TEST_CASE(a_link_does_not_lead_files_outside) {
    hostile_scene at;
    fs::create_directory(at.far_run(at.id) + "/dir");
    write_file(at.far_run(at.id) + "/dir/mine", "evil", 0644);
    const auto target = at.near_home() + "/precious";
    const auto outcome = at.pull_from(scan_with([target](scan_record& record) {
        if (record.entry.path == "dir") {
            record.entry.type = protocol::file_type::link;
            record.entry.target = target;
        }
    }));
    BOOST_TEST(outcome.error.has_value());
    BOOST_TEST(differences(at.outside, at.all_but_runs()).empty());
}

BOOST_AUTO_TEST_CASE(what_belongs_to_this_machine_is_not_taken) {
    hostile_scene at;
    write_file(at.far_run(at.id) + "/.guild/A", "1", 0644);
    const auto outcome = at.pull_from(named(".guild/A", ".guild/LOCK"));
    BOOST_TEST(!outcome.error, outcome.told());
    BOOST_TEST(!fs::exists(at.near_run(at.id) + "/.guild/LOCK"));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_there_is_named_and_the_others_are_copied) {
    hostile_scene at;
    const auto outcome =
        at.pull_from(content_of(content_record::kind_type::whole, [](auto& record) {
            if (record.data == "evil") {
                record.kind = content_record::kind_type::missing;
            }
        }));
    BOOST_REQUIRE(outcome.error.has_value());
    BOOST_TEST(outcome.error->context.find("without 1 file(s)") != std::string::npos);
    BOOST_TEST(outcome.error->context.ends_with(": small"));
    BOOST_TEST(!fs::exists(at.near_run(at.id) + "/small"));
    BOOST_TEST(fs::file_size(at.near_run(at.id) + "/zlarge") == 2 * mebibyte + 5);
    BOOST_TEST(!at.pull().error);
    BOOST_TEST(differences(read_tree(at.far_run(at.id)), read_tree(at.near_run(at.id))).empty());
}

BOOST_AUTO_TEST_SUITE_END()
