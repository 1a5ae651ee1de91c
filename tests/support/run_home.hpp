#pragma once

#include "engine/protocol/messages.hpp"
#include "engine/runs/run_paths.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

#include <string>
#include <vector>

namespace outrider::testing {

/// A temporary Guild home and cache. Its end kills what its runs left running and removes all.
class run_home {
  public:
    run_home();
    run_home(const run_home&) = delete;
    run_home& operator=(const run_home&) = delete;
    ~run_home();

    temporary_directory place;
    fs::path root = place.path();
    fs::path home = root / "home";
    fs::path cache = root / "cache"; ///< XDG_CACHE_HOME of agents

    [[nodiscard]] run_paths run(const std::string& id) const { return {home / "runs" / id}; }
    /// A start of `sh -c SCRIPT`.
    [[nodiscard]] protocol::start_run start(const std::string& id, const std::string& script) const;
    /// Makes a run directory by hand, as Guild would leave it: opref and these attributes.
    run_paths make_run(const std::string& id, const std::map<std::string, std::string>& attributes);
};

/// The facts of a run as an agent on `machine` reads them.
[[nodiscard]] protocol::run_facts facts_of(const run_paths& run,
                                           const protocol::machine_facts& machine,
                                           const std::vector<std::string>& attributes = {});

/// The bytes of a file, or nothing at all.
[[nodiscard]] std::string content(const fs::path& path);
void write(const fs::path& path, const std::string& bytes);

} // namespace outrider::testing
