#pragma once

#include "engine/core/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace outrider {

namespace fs = std::filesystem;

/// The places inside one run directory (FORMAT.md 2). Our own files stand in
/// `.guild/outrider/`, which Guild ignores.
struct run_paths {
    fs::path directory;

    [[nodiscard]] fs::path guild() const { return directory / ".guild"; }
    [[nodiscard]] fs::path opref() const { return guild() / "opref"; }
    [[nodiscard]] fs::path attributes() const { return guild() / "attrs"; }
    [[nodiscard]] fs::path attribute(std::string_view name) const { return attributes() / name; }
    [[nodiscard]] fs::path manifest() const { return guild() / "manifest"; }
    [[nodiscard]] fs::path output() const { return guild() / "output"; }
    [[nodiscard]] fs::path output_index() const { return guild() / "output.index"; }
    [[nodiscard]] fs::path lock() const { return guild() / "LOCK"; }
    [[nodiscard]] fs::path pending() const { return guild() / "PENDING"; }
    [[nodiscard]] fs::path staged() const { return guild() / "STAGED"; }
    [[nodiscard]] fs::path job() const { return guild() / "JOB"; }
    [[nodiscard]] fs::path exports() const { return guild() / "ENV"; }
    [[nodiscard]] fs::path ours() const { return guild() / "outrider"; }
    [[nodiscard]] fs::path identity() const { return ours() / "identity"; }
    [[nodiscard]] fs::path starting() const { return ours() / "starting"; }
    [[nodiscard]] fs::path start_record() const { return ours() / "start.json"; }
    [[nodiscard]] fs::path start_lock() const { return ours() / "lock"; }
    [[nodiscard]] fs::path resolved() const { return ours() / "deps.json"; }
    /// The plan of a run whose work is other runs, and what a batch makes its trials from.
    [[nodiscard]] fs::path children() const { return ours() / "children"; }
    /// Which of its children it starts this time, if somebody chose.
    [[nodiscard]] fs::path chosen_children() const { return ours() / "chosen-children"; }
    /// How far it is with them.
    [[nodiscard]] fs::path children_progress() const { return ours() / "progress"; }
    [[nodiscard]] fs::path proto() const { return guild() / "proto"; }
    [[nodiscard]] fs::path reason() const { return ours() / "reason"; }
    [[nodiscard]] fs::path stop_request() const { return ours() / "stop-request"; }
    /// Where the temporary file of `name` is written before it is renamed into place.
    [[nodiscard]] fs::path temporary(std::string_view name) const;
};

/// Whether `name` is one path component that may name a run, an attribute or a package: not empty,
/// no '/', no NUL, not '.' or '..', at most 255 bytes.
[[nodiscard]] bool is_safe_name(std::string_view name);

/// The absolute path of a Guild home on the machine of `user_home`: relative paths and `~/` are
/// below the user's home directory, nothing means `.guild`.
[[nodiscard]] fs::path resolve_home(const std::string& home, const std::string& user_home);

/// The run's directory in a home; `bad_input` if the id is not a safe name.
[[nodiscard]] result<run_paths> run_in_home(const fs::path& home, const std::string& run_id);

} // namespace outrider
