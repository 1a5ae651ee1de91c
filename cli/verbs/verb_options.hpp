#pragma once

#include "cli/invocation.hpp"

#include <CLI/App.hpp>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace outrider::cli {

/// The text of a command's help.
struct verb_help {
    std::string summary;  ///< one line
    std::string details;  ///< whole sentences; may be empty
    std::string examples; ///< one line each, starting with `{program}`
};

/// A command of the program's tree.
class verb_app final : public CLI::App {
  public:
    verb_app(const std::string& description, const std::string& name, CLI::App& parent)
        : CLI::App(description, name, &parent) {}

    /// Of the engine's command that it makes (`command_of`); null: it makes none.
    const command_traits* traits = nullptr;
};

/// Adds a command to `parent` with the help of `text`, names replaced.
verb_app* add_verb(CLI::App& parent, const std::string& name, const verb_help& text,
                   const invocation& into);

/// `-r, --remote REMOTE`: a name, several (also by repeating it), a pattern, `@group` or `all`.
void add_remote_option(CLI::App& verb, std::string& remote, const std::string& what);
/// Lets an option or argument name several remotes.
CLI::Option* take_remotes(CLI::Option& option);
/// `--group`
void add_group_option(CLI::App& verb, invocation& into);
/// `-y, --yes`
void add_yes_option(CLI::App& verb, invocation& into);
/// `--json`
void add_json_option(CLI::App& verb, invocation& into);
/// `--dry-run`
void add_dry_run_option(CLI::App& verb, bool& dry_run);
/// `[RUN…]`, and the filters that the command's traits say
void add_runs_argument(verb_app& verb, run_selection& selection, const std::string& what);
/// `[RUN]`, and those
void add_run_argument(verb_app& verb, run_selection& selection, const std::string& what);

/// A command line that contradicts itself, in Guild's words and with its exit code.
class contradiction final : public CLI::ValidationError {
  public:
    explicit contradiction(const std::string& what) : CLI::ValidationError(what) {}
};

/// Throws a contradiction where two of these long options were given.
void check_exclusive(const CLI::App& verb, std::initializer_list<const char*> names);
/// Throws one where none of them was given.
void check_one_given(const CLI::App& verb, std::initializer_list<const char*> names);

/// Accepts whole numbers from `least` to a thousand million.
CLI::Validator whole_number(std::int64_t least);

/// A command of type `Command` that `verb` fills in while it is parsed, and that becomes
/// `into.what` when the parsing of `verb` succeeds, after a last `check` that may throw a
/// CLI::ValidationError. It lives as long as `verb`.
template <class Command>
Command& command_of(verb_app& verb, invocation& into,
                    std::function<void(Command&, const CLI::App&)> check = {}) {
    auto made = std::make_shared<Command>();
    verb.traits = &Command::traits;
    verb.final_callback([made, &verb, &into, check = std::move(check)] {
        if (check) {
            check(*made, verb);
        }
        if constexpr (requires { made->remote; }) {
            into.remote = made->remote;
        }
        into.what = *made;
    });
    return *made;
}

} // namespace outrider::cli
