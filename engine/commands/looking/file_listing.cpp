#include "engine/commands/looking/file_listing.hpp"

namespace outrider {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_entries = 2'000'000; // of a hostile or broken far side
constexpr auto scan_limit = 5min;               // a run of 100,000 files on a network file system

} // namespace

awaitable<result<file_listing>> fetch_file_list(agent_client& agent, protocol::list_files request) {
    file_listing listing;
    auto take_batch = [&listing](const message_part& part) -> result<> {
        protocol::file_batch batch;
        if (part.type != protocol::file_batch::name || !protocol::from_json(part.body, batch)) {
            return failure(errc::protocol_violation, "unexpected part in a list of files");
        }
        if (listing.entries.size() + batch.entries.size() > most_entries) {
            return failure(errc::protocol_violation, "a run with more than two million files");
        }
        std::move(batch.entries.begin(), batch.entries.end(), std::back_inserter(listing.entries));
        return {};
    };
    exchange listing_files(agent, request);
    auto end = co_await with_deadline(listing_files.finish<protocol::file_list>(take_batch),
                                      scan_limit, agent.name() + ": listing files took too long");
    if (!end) {
        co_return end.error();
    }
    listing.directory = std::move(end->directory);
    co_return listing;
}

} // namespace outrider
