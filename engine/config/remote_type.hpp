#pragma once

#include "engine/config/remote.hpp"
#include "engine/config/slurm_rules.hpp"
#include "engine/core/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outrider {

/// What the value of a key has to be, and how `remote::settings` has it then.
enum class key_kind {
    text,      ///< as written
    name,      ///< text that no command takes for an option: it does not begin with '-'
    number,    ///< from `least` to `most`, in decimal digits
    choice,    ///< one of `words`
    yes_no,    ///< "yes" or "no"
    lines,     ///< a list of texts, or a text of lines: as lines
    minutes,   ///< a time as Slurm writes it: YAML takes 2:00:00 without quotes for a number
    far_path,  ///< of the far machine, as `read_far_path` gives it
    local_path ///< of this machine, made absolute: `~` and `$VAR` are expanded; or one of `words`
};

/// A key of config.yml that a type of remote takes.
struct remote_key {
    std::string_view name;
    key_kind kind = key_kind::text;
    bool required = false;
    std::int64_t least = 0;
    std::int64_t most = 0;
    std::vector<std::string_view> words{};
};

/// A type of remote, as the transport that serves it describes it: all that is read, checked and
/// shown of such a remote follows from here.
struct remote_type {
    std::string_view name;        ///< "ssh", as `type:` says it
    std::vector<remote_key> keys; ///< beside those that every remote has; in the order of checking
    /// Its machine is this one: `guild-home` is a path of this machine, and the agent there can be
    /// lent content instead of being sent it.
    bool here;
    /// All streams share one connection, and the server bounds how many it gives.
    bool bounded_streams;
    /// The form of what follows "NAME:" where a remote is spelled out in place:
    /// "[USER@]HOST[:PORT]"
    std::string_view inline_form; ///< empty: it cannot be
    /// Reads such a text into a remote whose name and type are set.
    result<> (*read_inline)(const std::string& spec, remote& out);
    /// Where the machine is, for people: a host name, an address or an alias; empty: here.
    std::string (*address_of)(const remote& to);
    /// The command with which a person gets to a shell there, to see what is wrong.
    std::string (*by_hand)(const remote& to);
    /// Checks what the keys say together, and sets what follows from them. `home_given`:
    /// `guild-home` is one of them. Null: nothing does.
    result<> (*complete)(remote& out, bool home_given) = nullptr;
    /// How its runs become jobs of Slurm. Null: they are processes of the machine.
    slurm_rules (*slurm_of)(const remote& to) = nullptr;
};

/// The types of remotes that an engine serves: those of its transports, which outlive this.
class remote_types {
  public:
    remote_types() = default;
    explicit remote_types(std::vector<const remote_type*> all) : all_(std::move(all)) {}

    /// Nothing: no transport serves it.
    [[nodiscard]] const remote_type* find(std::string_view name) const;
    /// "ssh:[USER@]HOST[:PORT]", of each that can be spelled out; empty if none can.
    [[nodiscard]] std::string inline_forms() const;

    /// How the runs of a remote become jobs of Slurm; nothing: they are processes of the machine.
    [[nodiscard]] std::optional<slurm_rules> slurm_of(const remote& to) const;

    /// The remote that stands for this machine.
    [[nodiscard]] remote this_machine(const std::string& guild_home) const;

  private:
    std::vector<const remote_type*> all_;
};

} // namespace outrider
