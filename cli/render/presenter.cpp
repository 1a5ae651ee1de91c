#include "cli/render/presenter.hpp"

#include "cli/render/json_output.hpp"
#include "cli/render/several_remotes.hpp"

namespace outrider::cli {

std::unique_ptr<presenter> make_presenter(const invocation& asked, const surroundings& place,
                                          std::ostream& out, std::ostream& err) {
    if (asked.json) {
        return std::make_unique<json_output>(asked, out, err);
    }
    return std::make_unique<several_remotes>(asked, place, out, err);
}

} // namespace outrider::cli
