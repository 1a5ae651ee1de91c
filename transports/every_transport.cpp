#include "transports/every_transport.hpp"

#include "engine/service/service.hpp"
#include "transports/http/http_server.hpp"
#include "transports/http/service_client.hpp"
#include "transports/local/local_transport.hpp"
#include "transports/outside_messenger.hpp"
#include "transports/slurm/slurm_transport.hpp"
#include "transports/ssh/ssh_transport.hpp"

namespace outrider {

std::vector<std::unique_ptr<transport>> every_transport() {
    std::vector<std::unique_ptr<transport>> all;
    auto& ssh = *all.emplace_back(make_ssh_transport());
    auto& local = *all.emplace_back(make_local_transport());
    all.push_back(make_slurm_transport(ssh, local));
    return all;
}

std::unique_ptr<engine> make_engine() {
    return std::make_unique<engine>(every_transport());
}

std::unique_ptr<engine> make_service_engine(http_server_options how,
                                            const std::map<std::string, std::string>& environment) {
    auto made = make_engine();
    made->add(std::make_unique<service>(service_options{
        .state_directory = state_directory(environment), .sender = make_messenger()}));
    made->add(make_http_server(std::move(how)));
    return made;
}

opened_engine open_engine(const std::map<std::string, std::string>& environment) {
    const auto choice = environment.find("OUTRIDER_SERVICE");
    if (choice != environment.end() && choice->second == "none") {
        return {.access = make_engine(), .note = {}};
    }
    auto service = find_service(environment);
    if (service) {
        return {.access = std::move(*service), .note = {}};
    }
    // That there is none is usual.
    const bool usual = service.error().kind() == errc::not_found;
    return {.access = make_engine(), .note = usual ? "" : service.error().context};
}

} // namespace outrider
