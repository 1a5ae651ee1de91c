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
    std::string what; ///< path, address, module, or operation
    std::string name; ///< as declared; empty: the URI
    std::vector<std::string> select;
    std::vector<protocol::path_rename> rename;
    std::string target_path; ///< directory in the run, or empty
    std::string target_type; ///< link, copy, or empty: what the kind usually is
    std::optional<bool> unpack;
    std::string sha256; ///< hex that the file must have, or empty
    bool warn_if_empty = true;
    bool fail_if_empty = false;

    /// "operation:hello-file", "https://…"
    [[nodiscard]] std::string uri() const;
};

/// What an operation requires, by a name.
struct resource_def {
    std::string name;      ///< as declared, else the URI of its only source
    std::string flag_name; ///< of the flag that supplies another source; the name if not declared
    std::vector<resource_source> sources;
};

/// Reads `requires` of an operation: names of resources of its model, `file:PATH` and the like, or
/// resources in place. Fails with `bad_input` where they make no sense or name an unknown resource.
[[nodiscard]] result<std::vector<resource_def>> read_requirements(const operation_def& op);

/// Splits `[PACKAGE/][MODEL:]OP`, and puts it into a dependency.
void set_operation(protocol::dependency& of, std::string_view text);

} // namespace outrider
