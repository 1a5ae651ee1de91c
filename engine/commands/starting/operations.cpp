#include "engine/commands/session/perform.hpp"
#include "engine/commands/starting/run_checks.hpp"
#include "engine/commands/starting/run_starting.hpp"
#include "engine/config/guild_home.hpp"
#include "engine/project/chosen_operation.hpp"
#include "engine/project/flag_import.hpp"
#include "engine/project/operation_description.hpp"
#include "engine/reactor/blocking.hpp"
#include "engine/text/path_text.hpp"
#include "engine/text/value_text.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace outrider {
namespace {

/// What was found, and warnings on the way.
template <class Found>
struct with_notes {
    Found found;
    std::vector<std::string> notes;
};

// The project of the working directory. Its mistakes are told as those of what lists it.
result<std::optional<guild_file>> file_for_list(const command_context& context) {
    if (auto there = check_project_directory(context.directory); !there) {
        return there.error();
    }
    auto file = load_guild_file(context.directory);
    if (!file && file.error().kind() == errc::bad_project) {
        return failure(errc::bad_project,
                       "error loading guildfile from .: " + file.error().context);
    }
    return file;
}

// Models in the order of their names; the one without a name comes first.
std::vector<model_def> models_of(const guild_file& file) {
    auto out = file.models;
    std::ranges::sort(out, {}, &model_def::name);
    return out;
}

// What lists show of a description is what their words are looked for in.
std::string first_line_of_text(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

/// Which operations and models are wanted.
struct wanted_items {
    bool all = false; ///< hidden ones too
    std::vector<std::string> words;
};

std::vector<operation_described> operations_of(guild_file& file, const std::string& model,
                                               const command_context& context,
                                               const wanted_items& wanted,
                                               std::vector<std::string>& notes) {
    std::vector<operation_described> out;
    for (auto& op : file.operations) {
        if (op.model != model || (!wanted.all && is_hidden(op.name)) ||
            !matches_words({op.full_name(), first_line_of_text(op.description)}, wanted.words)) {
            continue;
        }
        std::ranges::move(import_flags(op, context.directory, module_reading_of(context)),
                          std::back_inserter(notes));
        out.push_back(describe(op));
    }
    std::ranges::sort(out, {}, &operation_described::name);
    return out;
}

result<with_notes<operations_listed>> list_operations(const command_context& context,
                                                      const operations_command& what) {
    auto file = file_for_list(context);
    if (!file) {
        return file.error();
    }
    with_notes<operations_listed> out;
    if (!*file) {
        return out;
    }
    for (const auto& model : models_of(**file)) {
        if (what.all || !is_hidden(model.name)) {
            std::ranges::move(operations_of(**file, model.name, context,
                                            {.all = what.all, .words = what.words}, out.notes),
                              std::back_inserter(out.found.operations));
        }
    }
    return out;
}

result<with_notes<models_listed>> list_models(const command_context& context,
                                              const models_command& what) {
    auto file = file_for_list(context);
    if (!file) {
        return file.error();
    }
    with_notes<models_listed> out;
    for (const auto& model : *file ? models_of(**file) : std::vector<model_def>{}) {
        if (!model.name.empty() && (what.all || !is_hidden(model.name)) &&
            matches_words({model.name, first_line_of_text(model.description)}, what.words)) {
            out.found.models.push_back(describe(model));
        }
    }
    return out;
}

result<with_notes<operation_help>> find_help(const command_context& context,
                                             const std::string& operation) {
    if (auto there = check_project_directory(context.directory); !there) {
        return there.error();
    }
    auto chosen = choose_operation(context, operation);
    if (!chosen) {
        return chosen.error();
    }
    with_notes<operation_help> out;
    out.notes = import_flags(chosen->op, chosen->directory, module_reading_of(context));
    out.found.operation = describe(chosen->op);
    auto& names = out.found.operation.dependencies;
    for (auto& name : names) {
        const auto* resource = chosen->op.resources.if_contains(name);
        const auto* settings = resource != nullptr ? resource->if_object() : nullptr;
        const auto text = settings != nullptr ? text_of(*settings, "description") : std::string();
        name = text.empty() ? text : name + "\n" + text;
    }
    // What nobody has described is no matter of those who run the operation: Guild leaves it out.
    std::erase_if(names, [](const std::string& name) { return name.empty(); });
    return out;
}

result<with_notes<model_help>> find_model_help(const command_context& context,
                                               const std::string& operation) {
    auto chosen = choose_operation(context, operation);
    if (!chosen) {
        return chosen.error();
    }
    const auto* model = chosen->file ? chosen->file->find_model(chosen->op.model) : nullptr;
    if (model == nullptr) {
        return failure(errc::not_found, "'" + operation + "' belongs to no model");
    }
    with_notes<model_help> out;
    out.found.model = describe(*model);
    out.found.model.operations =
        operations_of(*chosen->file, model->name, context, {.all = true}, out.notes);
    return out;
}

result<with_notes<project_help>> find_project_help(const command_context& context,
                                                   const project_help_command& what) {
    const std::string directory = absolute_path(what.project.empty() ? "." : what.project,
                                                context.directory, user_home(context));
    auto file = load_guild_file(directory);
    if (!file) {
        return file.error();
    }
    if (!*file) {
        std::error_code ec;
        if (!std::filesystem::is_directory(directory, ec)) {
            return failure(errc::not_found, "cannot find a package matching '" + what.project +
                                                "'\nTry '{program} packages' for a list of "
                                                "installed packages.");
        }
        return failure(errc::not_found,
                       (what.project.empty() ? "the current directory" : "'" + what.project + "'") +
                           " does not contain a Guild file (guild.yml)\nTry specifying a project "
                           "path or package name or '{program} --help' for help.");
    }
    with_notes<project_help> out;
    out.found.directory = directory;
    out.found.here = what.project.empty();
    command_context there = context;
    there.directory = directory;
    for (const auto& model : models_of(**file)) {
        if (!is_hidden(model.name)) {
            auto& described = out.found.models.emplace_back(describe(model));
            described.operations = operations_of(**file, model.name, there, {}, out.notes);
        }
    }
    return out;
}

// Reads a project, which may block, and tells what was found.
template <class Read>
awaitable<result<outcome>> read_and_tell(command_session& session, Read read) {
    if (const auto home = find_guild_home(session.context()); !home) {
        co_return home.error(); // a home that was named has to be there, whatever is done
    }
    auto found = co_await run_blocking(
        [context = session.context(), read = std::move(read)] { return read(context); });
    if (!found) {
        co_return found.error();
    }
    for (auto& text : found->notes) {
        session.emit(note{.warning = true, .text = std::move(text)});
    }
    session.emit(std::move(found->found));
    co_return outcome{};
}

} // namespace

awaitable<result<outcome>> describe_operation(command_session& session, std::string operation) {
    co_return co_await read_and_tell(session,
                                     [operation = std::move(operation)](const auto& context) {
                                         return find_help(context, operation);
                                     });
}

awaitable<result<outcome>> describe_model(command_session& session, std::string operation) {
    co_return co_await read_and_tell(session,
                                     [operation = std::move(operation)](const auto& context) {
                                         return find_model_help(context, operation);
                                     });
}

awaitable<result<outcome>> perform(command_session& session, operations_command what) {
    co_return co_await read_and_tell(session, [what = std::move(what)](const auto& context) {
        return list_operations(context, what);
    });
}

awaitable<result<outcome>> perform(command_session& session, models_command what) {
    co_return co_await read_and_tell(session, [what = std::move(what)](const auto& context) {
        return list_models(context, what);
    });
}

awaitable<result<outcome>> perform(command_session& session, project_help_command what) {
    co_return co_await read_and_tell(session, [what = std::move(what)](const auto& context) {
        return find_project_help(context, what);
    });
}

} // namespace outrider
