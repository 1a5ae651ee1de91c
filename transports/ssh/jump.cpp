#include "transports/ssh/connector.hpp"

namespace outrider::ssh {

awaitable<result<reached_socket>> connector::jump(const remote& hop, const user_config&) {
    co_return failure(errc::unsupported, hop.name + ": ProxyJump");
}

awaitable<result<std::unique_ptr<connection>>> connector::run_child(const user_config&,
                                                                    const std::string& why) {
    co_return failure(errc::unsupported, to_.name + ": " + why);
}

} // namespace outrider::ssh
