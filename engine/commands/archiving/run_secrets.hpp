#pragma once

#include <filesystem>
#include <string_view>

namespace outrider {

/// Below a run: what a run that waits gets at its start and nobody else may see.
inline constexpr char run_secrets[] = ".guild/outrider/secrets.json";
/// Below a run: the plan of its children, who get what is secret from it.
inline constexpr char run_children[] = ".guild/outrider/children";

/// Whether a file of a run, at `below` its directory, holds what is secret: then it never leaves.
/// Reads a plan of children; one that cannot be understood counts.
[[nodiscard]] bool is_secret_file(const std::filesystem::path& file, std::string_view below);

} // namespace outrider
