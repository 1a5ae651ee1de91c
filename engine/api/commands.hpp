#pragma once

#include "engine/api/archive_commands.hpp"
#include "engine/api/compare_commands.hpp"
#include "engine/api/edit_commands.hpp"
#include "engine/api/machine_commands.hpp"
#include "engine/api/query_commands.hpp"
#include "engine/api/run_commands.hpp"
#include "engine/api/service_commands.hpp"

#include <boost/describe.hpp>
#include <boost/mp11/list.hpp>

#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <variant>

/// The commands of the engine: plain described structs that a client (the CLI, the HTTP API)
/// fills in and submits. Names and meaning follow Guild AI 0.9 where it has the command. No field
/// is checked before the engine gets it. `remote` names the machine: empty for this one, one
/// remote, or several (`a,b`, `gpu*`, `@group`, `all`), on each of which the command is then done.
namespace outrider {

/// Where a command comes from. A service in another place must answer as the process itself would.
struct command_context {
    std::string directory;                          ///< absolute working directory
    std::map<std::string, std::string> environment; ///< of the caller
    std::string guild_home;        ///< from -H, or empty: found by the rules of the format
    bool assume_yes = false;       ///< do not ask
    bool at_terminal = false;      ///< a person types the answers: standard input is a terminal
    std::int64_t connections = 32; ///< `--connections`: in the making at the same time
};
BOOST_DESCRIBE_STRUCT(command_context, (),
                      (directory, environment, guild_home, assume_yes, at_terminal, connections))

using command = boost::mp11::mp_rename<
    boost::mp11::mp_append<run_commands, query_commands, compare_commands, edit_commands,
                           archive_commands, machine_commands, service_commands>,
    std::variant>;

/// Whether the traits of a command say of its members what is so.
template <class Command>
inline constexpr bool traits_fit =
    (Command::traits.remotes != remote_rule::none) == requires(Command one) { one.remote; } &&
    (Command::traits.runs != run_source::none) == requires(Command one) { one.selection; } &&
    (Command::traits.filters == filter_rule::none || Command::traits.runs != run_source::none) &&
    (Command::traits.remotes != remote_rule::one_or_each || requires(Command one) {
        { one.takes_one_machine() } -> std::same_as<bool>;
    });

template <class Command>
consteval const command_traits* checked_traits() {
    static_assert(traits_fit<Command>);
    return &Command::traits;
}
template <class Commands>
struct traits_by_index;
template <class... Commands>
struct traits_by_index<std::variant<Commands...>> {
    static constexpr const command_traits* rows[] = {checked_traits<Commands>()...};
};

[[nodiscard]] inline const command_traits& traits_of(const command& what) {
    return *traits_by_index<command>::rows[what.index()];
}

} // namespace outrider
