#include "engine/commands/archiving/run_secrets.hpp"

#include "engine/json/described_json.hpp"
#include "engine/protocol/children_plan.hpp"
#include "engine/runs/secret_names.hpp"

#include <algorithm>
#include <fstream>
#include <string>

namespace outrider {
namespace {

bool has_secrets(const std::map<std::string, std::string>& environment,
                 const std::vector<std::string>& named) {
    return std::ranges::any_of(environment, [&](const auto& variable) {
        return is_secret(variable.first, variable.second, named);
    });
}

bool plan_has_secrets(const std::filesystem::path& plan) {
    std::ifstream in(plan);
    std::string line;
    if (!std::getline(in, line)) {
        return false;
    }
    const auto head = protocol::decode<protocol::children_head>(line);
    if (!head || has_secrets(head->common.environment, head->common.secrets)) {
        return true;
    }
    while (std::getline(in, line)) {
        const auto child = protocol::decode<protocol::planned_child>(line);
        if (!child || has_secrets(child->environment, head->common.secrets) ||
            (child->whole && has_secrets(child->whole->environment, child->whole->secrets))) {
            return true;
        }
    }
    return false;
}

} // namespace

bool is_secret_file(const std::filesystem::path& file, std::string_view below) {
    return below == run_secrets || (below == run_children && plan_has_secrets(file));
}

} // namespace outrider
