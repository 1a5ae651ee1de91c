#include "engine/fleet/command_telling.hpp"

#include "engine/api/api_names.hpp"

#include <type_traits>

namespace outrider {
namespace {

std::string remote_of(const command& what) {
    return std::visit(
        [](const auto& one) -> std::string {
            if constexpr (requires { one.remote; }) {
                return one.remote;
            } else {
                return {};
            }
        },
        what);
}

void publish(news_hub& hub, const command_news& about, const event& told,
             const std::string& remote) {
    if (const auto* progress = std::get_if<copy_progress>(&told)) {
        hub.publish(*progress);
    } else if (const auto* over = std::get_if<run_ended>(&told)) {
        hub.publish(run_news{.remote = remote.empty() ? over->remote : remote,
                             .change = run_change::ended,
                             .run = over->run});
    } else if (const auto* end = std::get_if<command_ended>(&told)) {
        auto ended = about;
        ended.ended = true;
        ended.failure = end->error ? std::string(errc_name(end->error->kind())) : std::string();
        hub.publish(std::move(ended));
    }
}

} // namespace

command_client tell_others(command_client client, news_hub& hub, command_id id,
                           const command& what) {
    const command_news about{
        .id = static_cast<std::int64_t>(id), .name = name_of(what), .remote = remote_of(what)};
    hub.publish(about);
    client.tell = [tell = std::move(client.tell), &hub, about](const event& told,
                                                               const std::string& remote) {
        tell(told, remote);
        publish(hub, about, told, remote);
    };
    return client;
}

} // namespace outrider
