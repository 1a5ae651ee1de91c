#include "engine/project/run_names.hpp"

#include "engine/project/digest.hpp"

#include <algorithm>

namespace outrider {
namespace {

// Guild names the package of a project after its declaration, its model, or the path of its file.
std::string package_name(const guild_file& file) {
    if (!file.package.empty()) {
        return file.package;
    }
    if (!file.default_model.empty()) {
        return file.default_model;
    }
    return "gpkg.anonymous_" + hex_digest(digest_kind::md5, file.path).substr(0, 8);
}

std::string with(std::string text, char from, char to) {
    std::ranges::replace(text, from, to);
    return text;
}

} // namespace

void name_package(const guild_file& file, run_plan& plan) {
    const std::string name = package_name(file);
    plan.distribution = with(name, '_', '-');
    plan.package_version = file.package_version;
    plan.wheel =
        with(name, '-', '_') + "-" + with(file.package_version, '-', '_') + "-py2.py3-none-any.whl";
}

opref opref_of(const chosen_operation& chosen, const run_plan& plan, bool remote) {
    const operation_def& op = chosen.op;
    if (chosen.recorded) {
        return *chosen.recorded;
    }
    if (chosen.builtin) {
        return {.pkg_type = "builtin",
                .pkg_name = "guildai",
                .version = "0.9.1",
                .model = op.model,
                .op = op.name};
    }
    if (chosen.is_script()) {
        return {.pkg_type = "script", .pkg_name = chosen.script, .op = op.name};
    }
    if (remote) {
        return {.pkg_type = "package",
                .pkg_name = plan.distribution,
                .version = plan.package_version,
                .model = op.model,
                .op = op.name};
    }
    return {.pkg_type = "guildfile",
            .pkg_name = chosen.file->path,
            .version = chosen.file->digest,
            .model = op.model,
            .op = op.name};
}

} // namespace outrider
