#include "tests/support/run_home.hpp"

#include "engine/agent/files/read_run.hpp"
#include "engine/agent/launch/process_launcher.hpp"
#include "engine/agent/machine/descendants.hpp"
#include "engine/runs/run_identity.hpp"
#include "engine/runs/small_file.hpp"

#include <signal.h>

#include <fstream>

namespace outrider::testing {

run_home::run_home() {
    fs::create_directories(home);
    fs::create_directories(cache);
}

run_home::~run_home() {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(home / "runs", error)) {
        const auto identity = read_identity(run_paths{entry.path()}.identity());
        if (!identity) {
            continue;
        }
        const agent::run_processes run{.run_id = entry.path().filename().native(),
                                       .directory = entry.path().native(),
                                       .operation = identity->operation,
                                       .supervisor = identity->supervisor};
        for (const auto& process : agent::living_processes(run, {})) {
            ::kill(static_cast<pid_t>(process.pid), SIGKILL);
        }
        // The supervisor ends by itself then; removing the directory under it must not race.
        std::ignore =
            eventually([&] { return !is_alive(identity->supervisor); }, std::chrono::seconds(5));
    }
}

protocol::start_run run_home::start(const std::string& id, const std::string& script) const {
    return {.home = home.native(),
            .run_id = id,
            .opref = "guildfile:/p/guild.yml 1 '' op",
            .attributes = {{"id", id + "\n"}, {"initialized", "1\n"}},
            .command = {"/bin/sh", "-c", script},
            .operation = "op",
            .flags = {"a=1"}};
}

run_paths run_home::make_run(const std::string& id,
                             const std::map<std::string, std::string>& attributes) {
    const run_paths out = run(id);
    fs::create_directories(out.attributes());
    for (const auto& [name, text] : attributes) {
        write(out.attribute(name), text);
    }
    write(out.opref(), "guildfile:/p/guild.yml 1 '' op");
    return out;
}

protocol::run_facts facts_of(const run_paths& run, const protocol::machine_facts& machine,
                             const std::vector<std::string>& attributes) {
    agent::process_launcher launcher(machine);
    return agent::read_run(run, launcher, attributes);
}

std::string content(const fs::path& path) {
    return read_file(path.native());
}

void write(const fs::path& path, const std::string& bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

} // namespace outrider::testing
