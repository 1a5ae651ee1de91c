#include "transports/every_transport.hpp"

#include "engine/remotes/transport.hpp"
#include "transports/local/local_transport.hpp"
#include "transports/ssh/ssh_transport.hpp"

namespace outrider {

std::unique_ptr<engine> make_engine() {
    std::vector<std::unique_ptr<transport>> transports;
    transports.push_back(make_local_transport());
    transports.push_back(make_ssh_transport());
    return std::make_unique<engine>(std::move(transports));
}

} // namespace outrider
