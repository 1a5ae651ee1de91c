#include "engine/commands/editing/attribute_edit.hpp"

#include "engine/protocol/edit_messages.hpp"
#include "engine/text/yaml_text.hpp"
#include "engine/text/yaml_value.hpp"

#include <algorithm>
#include <optional>

namespace outrider {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto attributes_read_limit = 60s;  // ten thousand runs on a slow disk
constexpr auto attributes_write_limit = 90s; // the agent waits up to 30 s for the lock of a run
/// Changes in one request; their bytes have to fit into one frame.
constexpr std::size_t changes_at_once = 200;
constexpr std::size_t bytes_at_once = std::size_t{200} << 10;
/// How often others may be faster.
constexpr int most_attempts = 20;

using attribute_bytes = std::map<std::string, std::string>; // of one run, by name

awaitable<result<std::map<std::string, attribute_bytes>>>
fetch_bytes(command_session& session, const target& at, std::vector<std::string> run_ids,
            std::vector<std::string> names) {
    auto agent = co_await session.agent(at);
    if (!agent) {
        co_return agent.error();
    }
    protocol::list_runs request;
    request.home = at.home;
    request.ids = std::move(run_ids);
    request.attributes = std::move(names);
    std::map<std::string, attribute_bytes> read;
    auto take_batch = [&read](const message_part& part) -> result<> {
        protocol::run_batch batch;
        if (part.type != protocol::run_batch::name || !protocol::from_json(part.body, batch)) {
            return failure(errc::protocol_violation, "unexpected part in a list of runs");
        }
        for (auto& run : batch.runs) {
            read[run.id] = std::move(run.attributes);
        }
        return {};
    };
    exchange asking(**agent, request);
    auto end =
        co_await with_deadline(asking.finish<protocol::run_list>(take_batch), attributes_read_limit,
                               (*agent)->name() + ": reading runs took too long");
    if (!end) {
        co_return end.error();
    }
    co_return read;
}

// What cannot be read counts as not set, as in Guild; it is replaced all the same.
attribute_values values_of(const attribute_bytes& bytes, const std::vector<std::string>& names) {
    attribute_values values;
    for (const auto& name : names) {
        const auto found = bytes.find(name);
        auto value = found == bytes.end() ? result<json::value>(json::value())
                                          : read_yaml(found->second, name);
        values[name] = value ? std::move(*value) : json::value();
    }
    return values;
}

std::optional<std::string> bytes_of(const json::value& value) {
    return value.is_null() ? std::nullopt : std::optional(yaml_text(value));
}

std::vector<protocol::attribute_change>
changes_of(const std::string& run_id, const attribute_bytes& bytes, const attribute_edit& what) {
    const auto now = values_of(bytes, what.names);
    std::vector<protocol::attribute_change> changes;
    for (const auto& [name, value] : what.decide(now)) {
        const auto found = bytes.find(name);
        const auto before =
            found == bytes.end() ? std::nullopt : std::optional<std::string>(found->second);
        // An unchanged value keeps the bytes that somebody wrote.
        const auto was = now.find(name);
        if (before && was != now.end() && was->second == value && !value.is_null()) {
            changes.push_back({run_id, name, before, before});
        } else {
            changes.push_back({run_id, name, before, bytes_of(value)});
        }
    }
    const bool any = std::ranges::any_of(
        changes, [](const auto& change) { return change.before != change.after; });
    return any ? changes : std::vector<protocol::attribute_change>();
}

std::size_t size_of(const std::vector<protocol::attribute_change>& changes) {
    std::size_t size = 0;
    for (const auto& change : changes) {
        size += change.before.value_or("").size() + change.after.value_or("").size();
    }
    return size;
}

/// One attempt at all runs that are left.
class edit_round {
  public:
    edit_round(command_session& session, const target& at) : session_(session), at_(at) {}

    // Sends what was collected before the request would get too large.
    awaitable<result<>> add(std::vector<protocol::attribute_change> changes) {
        const auto size = size_of(changes);
        if (!batch_.empty() &&
            (batch_.size() + changes.size() > changes_at_once || size_ + size > bytes_at_once)) {
            if (auto sent = co_await send(); !sent) {
                co_return sent.error();
            }
        }
        std::ranges::move(changes, std::back_inserter(batch_));
        size_ += size;
        co_return result<>();
    }

    awaitable<result<>> send() {
        if (batch_.empty()) {
            co_return result<>();
        }
        auto agent = co_await session_.agent(at_);
        if (!agent) {
            co_return agent.error();
        }
        protocol::change_attributes request{.home = at_.home, .changes = std::move(batch_)};
        batch_.clear();
        size_ = 0;
        auto changed = co_await (*agent)->call(std::move(request), attributes_write_limit);
        if (!changed) {
            co_return changed.error();
        }
        std::ranges::move(changed->conflicts, std::back_inserter(conflicts));
        missing += static_cast<std::int64_t>(changed->missing.size());
        co_return result<>();
    }

    std::vector<std::string> conflicts; // runs to be decided upon again
    std::int64_t missing = 0;

  private:
    command_session& session_;
    const target& at_;
    std::vector<protocol::attribute_change> batch_;
    std::size_t size_ = 0;
};

} // namespace

awaitable<result<std::int64_t>> edit_attributes(command_session& session, const target& at,
                                                attribute_edit what) {
    auto left = what.run_ids;
    std::int64_t edited = 0;
    for (int attempt = 0; attempt < most_attempts && !left.empty(); ++attempt) {
        auto read = co_await fetch_bytes(session, at, left, what.names);
        if (!read) {
            co_return read.error();
        }
        edit_round round(session, at);
        for (const auto& [run_id, bytes] : *read) {
            auto added = co_await round.add(changes_of(run_id, bytes, what));
            if (!added) {
                co_return added.error();
            }
        }
        if (auto sent = co_await round.send(); !sent) {
            co_return sent.error();
        }
        edited += static_cast<std::int64_t>(read->size() - round.conflicts.size()) - round.missing;
        left = std::move(round.conflicts);
    }
    if (!left.empty()) {
        co_return failure(errc::conflict, "run " + left.front() +
                                              " is being edited by others all the time; try again");
    }
    co_return edited;
}

awaitable<result<std::map<std::string, attribute_values>>>
read_attributes(command_session& session, const target& at, std::vector<std::string> run_ids,
                std::vector<std::string> names) {
    auto read = co_await fetch_bytes(session, at, std::move(run_ids), names);
    if (!read) {
        co_return read.error();
    }
    std::map<std::string, attribute_values> values;
    for (const auto& [run_id, bytes] : *read) {
        values[run_id] = values_of(bytes, names);
    }
    co_return values;
}

} // namespace outrider
