#include "cli/render/project_text.hpp"

#include "cli/render/operations_text.hpp"
#include "cli/render/text_table.hpp"

#include <sstream>

namespace outrider::cli {
namespace {

std::string first_line_of(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

std::string indented(const std::string& text, const std::string& by) {
    std::string out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        out += line.empty() ? "\n" : by + line + "\n";
    }
    return out;
}

std::string operation_name(const operation_described& op) {
    const auto colon = op.name.find(':');
    return colon == std::string::npos ? op.name : op.name.substr(colon + 1);
}

std::string operation_text(const operation_described& op) {
    std::string out = operation_name(op) + "\n";
    if (!op.description.empty()) {
        out += indented(op.description, "  ");
    }
    if (!op.flags.empty()) {
        out += indented(definition_section("Flags", flag_definitions(op)), "  ");
    }
    return out + "\n";
}

std::string model_text(const model_described& model) {
    std::string out = model.name + "\n" + indented(model.description, "  ") + "\n";
    for (const auto& op : model.operations) {
        out += indented(operation_text(op), "  ");
    }
    if (!model.references.empty()) {
        out += "  References:\n";
    }
    for (const auto& reference : model.references) {
        out += "    - " + reference + "\n";
    }
    definitions resources;
    for (const auto& resource : model.resources) {
        resources.emplace_back(resource.name, first_line_of(resource.description));
    }
    return out + indented(definition_section("Resources", resources), "  ") + "\n";
}

} // namespace

std::string models_table(const models_listed& listed, const terminal& screen) {
    std::vector<table_row> cells;
    for (const auto& model : listed.models) {
        cells.push_back({{model.name}, {first_line_of(model.description)}});
    }
    return format_table(std::move(cells), {.width = screen.width});
}

std::string model_help_text(const model_described& model, const std::string& program) {
    const std::string operation = (model.name.empty() ? "" : model.name + ":") + "OPERATION";
    std::string out = "Usage: " + program + " run [OPTIONS] " + operation + " [FLAG]...\n";
    out += description_paragraphs(model.description);
    out += description_paragraphs("Use '" + program + " run " + operation +
                                  " --help-op' for help on a particular operation.");
    definitions operations;
    for (const auto& op : model.operations) {
        operations.emplace_back(operation_name(op), first_line_of(op.description));
    }
    definitions resources;
    for (const auto& resource : model.resources) {
        resources.emplace_back(resource.name, first_line_of(resource.description));
    }
    return out + definition_section("Operations", operations) +
           definition_section("Resources", resources);
}

std::string project_help_text(const project_help& help, const std::string& program) {
    std::string out = "OVERVIEW\n\n    You are viewing help for operations defined in " +
                      (help.here ? "the current directory" : help.directory) +
                      ".\n\n    To run an operation use '" + program + " run OPERATION'; '" +
                      program + " run OPERATION --help-op'\n    shows one of them, '" + program +
                      " --help' the commands of the program.\n\n";
    std::string models;
    for (const auto& model : help.models) {
        if (!model.name.empty()) {
            models += indented(model_text(model), "    ");
            continue;
        }
        out += model.operations.empty() ? "" : "BASE OPERATIONS\n\n";
        for (const auto& op : model.operations) {
            out += indented(operation_text(op), "    ");
        }
    }
    return out + (models.empty() ? "" : "MODELS\n\n" + models);
}

} // namespace outrider::cli
