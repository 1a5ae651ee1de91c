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

/// What a staged run gets at its start and nobody else may see.
struct staged_secrets {
    environment_map environment;
};
BOOST_DESCRIBE_STRUCT(staged_secrets, (), (environment))

fs::path staged_secrets_file(const run_paths& run) {
    return run.ours() / "secrets.json";
}

result<> write_secrets(const run_paths& run, const staged_secrets& hidden) {
    return hidden.environment.empty()
               ? remove_file(staged_secrets_file(run)) // of an earlier start
               : replace_secret_file(staged_secrets_file(run), run.temporary("secrets.json"),
                                     protocol::encode(hidden) + "\n");
}

} // namespace

result<> write_start_record(const run_paths& run, start_record record) {
    record.request.attributes.clear(); // they are files of their own
    record.request.manifest.clear();
    auto open = public_environment(record.request.environment, record.request.secrets);
    staged_secrets hidden;
    if (record.request.stage || record.request.pending) {
        for (const auto& variable : record.request.environment) {
            if (!open.contains(variable.first)) {
                hidden.environment.insert(variable);
            }
        }
    }
    record.request.environment = std::move(open);
    if (auto written = write_secrets(run, hidden); !written) {
        return written;
    }
    return replace_secret_file(run.start_record(), run.temporary("start.json"),
                               protocol::encode(record) + "\n");
}

result<start_record> read_start_record(const run_paths& run) {
    const auto text = read_small_file(run.start_record(), std::size_t{8} << 20);
    if (!text) {
        return failure(errc::not_found, run.start_record().string() + " cannot be read");
    }
    auto record = protocol::decode<start_record>(*text);
    const auto hidden = read_small_file(staged_secrets_file(run), std::size_t{8} << 20);
    if (record && hidden) {
        if (auto secrets = protocol::decode<staged_secrets>(*hidden)) {
            record->request.environment.merge(secrets->environment);
        }
    }
    return record;
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
