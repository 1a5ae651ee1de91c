#include "engine/agent/files/stop_request.hpp"

#include "engine/json/described_json.hpp"
#include "engine/runs/small_file.hpp"

namespace outrider::agent {

std::optional<stop_request> read_stop_request(const run_paths& run) {
    const auto text = read_small_file(run.stop_request());
    auto decoded = text ? protocol::decode<stop_request>(*text)
                        : result<stop_request>(failure(errc::not_found, ""));
    return decoded ? std::optional(std::move(*decoded)) : std::nullopt;
}

result<> write_stop_request(const run_paths& run, const stop_request& request) {
    if (auto made = make_directories(run.ours()); !made) {
        return made; // of a run that Guild made
    }
    return replace_file(run.stop_request(), run.temporary("stop-request"),
                        protocol::encode(request) + "\n");
}

} // namespace outrider::agent
