#pragma once

#include "cli/invocation.hpp"
#include "cli/render/surroundings.hpp"
#include "engine/api/events.hpp"

#include <iosfwd>
#include <memory>

namespace outrider::cli {

/// How the events of one command are shown: as text for people, or as JSON for programs. Owned by
/// the session of the command; used on one thread.
class presenter {
  public:
    presenter() = default;
    presenter(const presenter&) = delete;
    presenter& operator=(const presenter&) = delete;
    virtual ~presenter() = default;

    /// Any event but the last. `remote`: which of several remotes it is about; empty: of one.
    virtual void show(const event& what, const std::string& remote) = 0;
    /// Something else is about to write to the terminal: what stands there for a while goes, and
    /// comes back with the next event.
    virtual void make_way() = 0;
    /// The command failed. `told`: a person knows why already, by their own doing or by an event.
    virtual void fail(const failure& why, bool told) = 0;
    /// There is nothing more to show; the program ends with this code.
    virtual void finish(int exit_code) = 0;
};

/// The presenter that `asked` wants; the streams and `asked` must live longer.
[[nodiscard]] std::unique_ptr<presenter> make_presenter(const invocation& asked,
                                                        const surroundings& place,
                                                        std::ostream& out, std::ostream& err);

} // namespace outrider::cli
