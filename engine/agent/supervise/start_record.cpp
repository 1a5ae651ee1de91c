#include "engine/agent/supervise/start_record.hpp"

#include "engine/agent/machine/machine.hpp"
#include "engine/agent/machine/operation_environment.hpp"
#include "engine/json/described_json.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/yaml_text.hpp"

#include <boost/json/object.hpp>

namespace outrider::agent {
namespace {

boost::json::object as_json(const environment_map& environment) {
    boost::json::object out;
    for (const auto& [name, value] : environment) {
        out[name] = value;
    }
    return out;
}

} // namespace

result<> write_start_record(const run_paths& run, start_record record) {
    record.request.attributes.clear(); // they are files of their own
    record.request.manifest.clear();
    if (!record.request.stage) {
        record.request.environment =
            public_environment(record.request.environment, record.request.secrets);
    }
    return replace_secret_file(run.start_record(), run.temporary("start.json"),
                               protocol::encode(record) + "\n");
}

result<start_record> read_start_record(const run_paths& run) {
    const auto text = read_small_file(run.start_record(), std::size_t{8} << 20);
    if (!text) {
        return failure(errc::not_found, run.start_record().string() + " cannot be read");
    }
    return protocol::decode<start_record>(*text);
}

result<> record_running(const run_paths& run, process_mark operation,
                        const std::vector<std::string>& secrets) {
    const auto attribute = [&](const char* name, const std::string& text) {
        return replace_file(run.attribute(name), run.temporary(name), text);
    };
    if (auto written = attribute("started", std::to_string(now_us()) + "\n"); !written) {
        return written;
    }
    const auto environment = public_environment(inherited_environment(), secrets);
    if (auto written = attribute("env", yaml_text(as_json(environment))); !written) {
        return written;
    }
    const auto identity = identity_here(describe_machine(), own_mark(), operation);
    if (auto written = write_identity(run, run.identity(), identity); !written) {
        return written;
    }
    const std::string pid = std::to_string(operation.pid);
    if (auto written = replace_file(run.lock(), run.temporary("LOCK"), pid); !written) {
        return written;
    }
    // The first of the two tells that the run waits to be started.
    if (auto removed = remove_file(run.staged()); !removed) {
        return removed;
    }
    return remove_file(run.pending());
}

} // namespace outrider::agent
