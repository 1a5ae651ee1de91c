#pragma once

#include "engine/core/result.hpp"
#include "engine/project/guild_file.hpp"
#include "engine/protocol/dependency.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

enum class source_kind { file, url, config, module, operation };

/// One thing that a resource is made of.
struct resource_source {
    source_kind kind = source_kind::file;
    std::string what;      ///< path, address, module, or operations
    std::string name;      ///< what it is called: declared, its flag, or the URI
    std::string flag_name; ///< of the flag that supplies another one; empty: there is none
    protocol::entry_choice choice;
    std::string target_type; ///< link, copy, or empty: what the kind usually is
    std::optional<bool> unpack;
    std::string type;   ///< of an archive whose name does not tell it
    std::string sha256; ///< hex that the file must have, or empty
    bool preserve_path = false;
    bool optional = false;
    bool warn_if_empty = true;
    bool fail_if_empty = false;
    bool replace_existing = false;
    bool always_resolve = false;
    boost::json::object params; ///< of a config: values where no flag has one
    std::string help;           ///< for a person where it cannot be resolved
    std::string problem;        ///< why it cannot be resolved at all; empty: it can
    boost::json::object data;   ///< as declared, for `attrs/op`

    /// "operation:hello-file", "https://…"
    [[nodiscard]] std::string uri() const;
};

/// What an operation requires, by a name.
struct resource_def {
    std::string name; ///< as declared, else the names of its sources
    std::vector<resource_source> sources;
    std::string location; ///< directory that its paths are relative to; empty: the project
};

/// Reads `requires` of an operation: names of resources of its model, sources, or resources in
/// place. `${flag}` in the name of a resource is what was `typed` (`NAME=VALUE` words), or the
/// flag's default. Fails with `bad_input` where they make no sense or name an unknown resource.
[[nodiscard]] result<std::vector<resource_def>>
read_requirements(const operation_def& op, const std::vector<std::string>& typed = {});

/// What is odd about the resources of a project, for a person; each once.
[[nodiscard]] std::vector<std::string> resource_warnings(const guild_file& file);

} // namespace outrider
