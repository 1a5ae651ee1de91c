#include "engine/project/attribute_value.hpp"

#include "engine/text/yaml_value.hpp"

namespace outrider {

boost::json::value attribute_value(const protocol::run_facts& facts, const std::string& name) {
    const auto found = facts.attributes.find(name);
    if (found == facts.attributes.end()) {
        return nullptr;
    }
    auto value = read_yaml(found->second, name);
    return value ? std::move(*value) : boost::json::value(nullptr);
}

} // namespace outrider
