#include "engine/commands/looking/run_file.hpp"

#include "engine/commands/editing/attribute_edit.hpp"

#include <filesystem>

namespace outrider {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto file_read_limit = 60s; // small files

awaitable<result<std::string>> take_all(exchange& reading, std::size_t limit) {
    std::string bytes;
    for (;;) {
        auto incoming = co_await reading.next();
        if (!incoming) {
            co_return incoming.error();
        }
        if (incoming->kind == protocol::frame_kind::reply) {
            co_return bytes;
        }
        if (incoming->kind == protocol::frame_kind::data) {
            bytes += incoming->payload;
        }
        if (bytes.size() > limit) {
            co_return failure(errc::io_failed, "a file of the run is too long");
        }
    }
}

// The member of nested mappings, where it is a string.
std::string text_in(const boost::json::value& value, const char* outer, const char* inner) {
    const auto* map = value.if_object();
    const auto* nested = map != nullptr ? map->if_contains(outer) : nullptr;
    const auto* found = nested != nullptr && nested->is_object()
                            ? nested->get_object().if_contains(inner)
                            : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

} // namespace

awaitable<result<std::string>> read_run_file(agent_client& agent, protocol::read_file request,
                                             std::size_t limit) {
    exchange reading(agent, request);
    co_return co_await with_deadline(take_all(reading, limit), file_read_limit,
                                     agent.name() + ": reading " + request.path + " took too long");
}

awaitable<result<std::string>> source_root(command_session& session, const run_at_hand& of) {
    auto values = co_await read_attributes(session, of.at, {of.run.id}, {"op"});
    if (!values) {
        co_return values.error();
    }
    const auto found = values->find(of.run.id);
    const auto dest =
        found == values->end() ? "" : text_in(found->second.at("op"), "sourcecode", "dest");
    // What Guild wrote before it named the place.
    auto root = path_in_run("", dest.empty() ? ".guild/sourcecode" : dest);
    co_return root ? *root : std::string();
}

result<std::string> path_in_run(const std::string& root, const std::string& path) {
    if (fs::path(path).is_absolute()) {
        return failure(errc::bad_input, "PATH must be relative\nTry '{program} {command} --help' "
                                        "for more information.");
    }
    auto tidy = (fs::path(root) / path).lexically_normal().generic_string();
    while (tidy.ends_with('/')) {
        tidy.pop_back();
    }
    if (tidy == ".." || tidy.starts_with("../")) {
        return failure(errc::bad_input, "'" + path + "' is not a path in a run");
    }
    return tidy == "." ? std::string() : tidy;
}

} // namespace outrider
