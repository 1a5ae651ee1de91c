#include "engine/commands/starting/run_tests.hpp"

#include "engine/config/guild_home.hpp"
#include "engine/project/chosen_operation.hpp"
#include "engine/project/flag_import.hpp"
#include "engine/project/flags_listing.hpp"
#include "engine/project/output_test.hpp"
#include "engine/project/source_selection.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/text/file_text.hpp"
#include "engine/text/path_text.hpp"

#include <filesystem>
#include <tuple>

namespace outrider {
namespace {

constexpr std::size_t most_test_bytes = std::size_t{64} << 20;

struct tested {
    std::vector<event> events;
};

result<tested> test_sourcecode(const chosen_operation& chosen, const command_context& context) {
    const sourcecode_def& code = chosen.op.sourcecode;
    const std::string root =
        absolute_path(code.root.empty() ? "." : code.root, chosen.directory, user_home(context));
    auto selected = select_sources({.root = root,
                                    .rules = code,
                                    .operation = chosen.op.full_name(),
                                    .python = chosen.op.exec.empty(),
                                    .environment = context.environment});
    if (!selected) {
        return selected.error();
    }
    tested out;
    out.events.emplace_back(sourcecode_tested{.root = code.root,
                                              .rules = std::move(selected->rules),
                                              .disabled = code.disabled,
                                              .selected = std::move(selected->selected),
                                              .skipped = std::move(selected->skipped)});
    return out;
}

tested test_flags(chosen_operation& chosen, const command_context& context) {
    tested out;
    for (auto& text : import_flags(chosen.op, chosen.directory, module_reading_of(context))) {
        out.events.emplace_back(note{.warning = true, .text = std::move(text)});
    }
    out.events.emplace_back(flags_listing(chosen.op));
    return out;
}

result<std::string> text_to_test(const std::string& name, const run_command& what,
                                 const command_context& context) {
    if (name == "-") {
        return what.tests.input;
    }
    const std::string path = absolute_path(name, context.directory, user_home(context));
    std::error_code ec;
    if (!std::filesystem::exists(path, ec)) {
        return failure(errc::not_found, name + " does not exist");
    }
    return read_text_file(path, most_test_bytes);
}

result<tested> test_output(chosen_operation& chosen, const run_command& what,
                           const command_context& context) {
    const bool attributes = what.tests.output_scalars.empty();
    const auto text = text_to_test(attributes ? what.tests.output_attrs : what.tests.output_scalars,
                                   what, context);
    if (!text) {
        return text.error();
    }
    std::ignore = import_flags(chosen.op, chosen.directory, module_reading_of(context));
    learn_output_style(chosen.op, chosen.directory);
    tested out;
    out.events.emplace_back(try_output_patterns(chosen.op, *text, attributes));
    return out;
}

result<tested> run_test(const run_command& what, const command_context& context) {
    auto chosen = choose_operation(context, what.operation);
    if (!chosen) {
        return chosen.error();
    }
    if (what.tests.flags) {
        return test_flags(*chosen, context);
    }
    return what.tests.sourcecode ? test_sourcecode(*chosen, context)
                                 : test_output(*chosen, what, context);
}

} // namespace

bool only_tests(const run_command& what) {
    return what.tests.flags || what.tests.sourcecode || !what.tests.output_scalars.empty() ||
           !what.tests.output_attrs.empty();
}

awaitable<result<outcome>> test_operation(command_session& session, run_command what) {
    auto done = co_await run_blocking(
        [context = session.context(), what = std::move(what)] { return run_test(what, context); });
    if (!done) {
        co_return done.error();
    }
    for (const auto& each : done->events) {
        session.emit(each);
    }
    co_return outcome{};
}

} // namespace outrider
