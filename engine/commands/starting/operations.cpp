#include "engine/commands/session/perform.hpp"
#include "engine/commands/starting/run_starting.hpp"
#include "engine/project/chosen_operation.hpp"
#include "engine/project/flag_import.hpp"
#include "engine/project/operation_description.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/text/natural_order.hpp"

#include <algorithm>

namespace outrider {
namespace {

/// What was found, and warnings on the way.
template <class Found>
struct with_notes {
    Found found;
    std::vector<std::string> notes;
};

result<with_notes<operations_listed>> list_operations(const command_context& context,
                                                      const operations_command& what) {
    auto file = load_guild_file(context.directory);
    if (!file) {
        return file.error();
    }
    with_notes<operations_listed> out;
    if (!*file) {
        return out;
    }
    for (auto& op : (*file)->operations) {
        if ((!what.all && is_hidden(op)) || !matches_words(op.full_name(), what.words)) {
            continue;
        }
        auto notes = import_flags(op, context.directory, module_reading_of(context));
        std::ranges::move(notes, std::back_inserter(out.notes));
        out.found.operations.push_back(describe(op));
    }
    std::ranges::sort(out.found.operations, natural_less, &operation_described::name);
    return out;
}

result<with_notes<operation_help>> find_help(const command_context& context,
                                             const std::string& operation) {
    auto chosen = choose_operation(context.directory, operation);
    if (!chosen) {
        return chosen.error();
    }
    with_notes<operation_help> out;
    out.notes = import_flags(chosen->op, context.directory, module_reading_of(context));
    out.found.operation = describe(chosen->op);
    return out;
}

template <class Found>
outcome tell(command_session& session, with_notes<Found>&& what) {
    for (auto& text : what.notes) {
        session.emit(note{.warning = true, .text = std::move(text)});
    }
    session.emit(std::move(what.found));
    return {};
}

} // namespace

awaitable<result<outcome>> describe_operation(command_session& session, std::string operation) {
    auto found =
        co_await run_blocking([context = session.context(), operation = std::move(operation)] {
            return find_help(context, operation);
        });
    if (!found) {
        co_return found.error();
    }
    co_return tell(session, std::move(*found));
}

awaitable<result<outcome>> perform(command_session& session, operations_command what) {
    auto found = co_await run_blocking([context = session.context(), what = std::move(what)] {
        return list_operations(context, what);
    });
    if (!found) {
        co_return found.error();
    }
    co_return tell(session, std::move(*found));
}

} // namespace outrider
