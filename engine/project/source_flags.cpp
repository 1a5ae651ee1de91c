#include "engine/project/source_flags.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/text/references.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace outrider {
namespace {

// What a source is called on the command line: its flag, or the operation alone.
bool is_called(const resource_source& source, const std::string& name) {
    return !source.flag_name.empty() &&
           (source.flag_name == name || (source.kind == source_kind::operation &&
                                         source.flag_name == source.uri() && source.what == name));
}

const resource_source* source_called(const std::vector<resource_def>& resources,
                                     const std::string& name) {
    for (const auto& resource : resources) {
        const auto found = std::ranges::find_if(
            resource.sources, [&](const auto& source) { return is_called(source, name); });
        if (found != resource.sources.end()) {
            return &*found;
        }
    }
    return nullptr;
}

/// Replaces references in the texts of one source.
class source_resolution {
  public:
    source_resolution(resource_source& source, const flag_map& flags)
        : source_(source), flags_(flags) {}

    void run() {
        resolve(source_.what);
        resolve(source_.choice.target_path);
        resolve(source_.sha256);
        for (auto& pattern : source_.choice.select) {
            resolve(pattern);
        }
        for (auto& rule : source_.choice.rename) {
            resolve(rule.pattern);
            resolve(rule.replacement);
        }
    }

  private:
    void resolve(std::string& text) {
        const std::string before = text;
        text = resolve_references(text, [&](const std::string& name) {
            const auto found = flags_.find(name);
            if (found == flags_.end()) {
                source_.problem = "cannot resolve '" + before + "' in " + source_.name +
                                  ": undefined reference '" + name + "'";
                return std::optional<std::string>();
            }
            return std::optional(argument_text(found->second));
        });
    }

    resource_source& source_;
    const flag_map& flags_;
};

} // namespace

// Ids may be all digits, so that they are not read as values of flags are.
std::vector<std::string> supplied_list(const std::string& typed) {
    std::vector<std::string> out;
    if (!typed.starts_with('[') || !typed.ends_with(']')) {
        return out;
    }
    const std::string_view inside = std::string_view(typed).substr(1, typed.size() - 2);
    for (std::size_t at = 0; at <= inside.size();) {
        const auto end = std::min(inside.find(',', at), inside.size());
        auto each = inside.substr(at, end - at);
        const auto first = each.find_first_not_of(" '\"");
        const auto last = each.find_last_not_of(" '\"");
        if (first != each.npos) {
            out.emplace_back(each.substr(first, last + 1 - first));
        }
        at = end + 1;
    }
    return out;
}

std::string list_text(const std::vector<std::string>& supplied) {
    std::string out;
    for (const auto& each : supplied) {
        out += (out.empty() ? "" : ", ") + each;
    }
    return "[" + out + "]";
}

std::vector<required_operation>
required_operations(const std::vector<resource_def>& resources,
                    const std::map<std::string, std::string>& supplied) {
    std::vector<required_operation> out;
    for (const auto& resource : resources) {
        for (const auto& source : resource.sources) {
            if (source.kind != source_kind::operation) {
                continue;
            }
            required_operation one{.flag_name = source.flag_name};
            one.wanted.kind = protocol::dependency_kind::operation;
            one.wanted.resource = resource.name;
            one.wanted.source = source.name;
            one.wanted.uri = source.uri();
            one.wanted.what = source.what;
            one.wanted.optional = source.optional;
            const auto found = supplied.find(source.flag_name);
            const std::string text = found != supplied.end() ? found->second : std::string();
            auto wanted = supplied_list(text);
            one.listed = !wanted.empty();
            if (!one.listed) {
                wanted.push_back(text);
            }
            for (auto& each : wanted) {
                one.wanted.config = one.supplied = std::move(each);
                out.push_back(one);
            }
        }
    }
    return out;
}

split_flags split_supplied(const operation_def& op, const std::vector<std::string>& typed,
                           const std::vector<resource_def>& resources) {
    split_flags out;
    for (const auto& resource : resources) {
        for (const auto& source : resource.sources) {
            const auto* flag = op.find_flag(source.flag_name);
            if (flag != nullptr && !flag->default_value.is_null()) {
                out.supplied[source.flag_name] = argument_text(flag->default_value);
            }
        }
    }
    for (const auto& word : typed) {
        const auto equals = word.find('=');
        const std::string name = word.substr(0, equals);
        const auto* source = source_called(resources, name);
        const bool own_flag =
            source != nullptr && source->flag_name != name && op.find_flag(name) != nullptr;
        if (source != nullptr && !own_flag && equals != std::string::npos) {
            out.supplied[source->flag_name] = word.substr(equals + 1);
            out.sources.push_back(source->flag_name);
        } else {
            out.flags.push_back(word);
        }
    }
    return out;
}

flag_map source_flags(const std::vector<resource_def>& resources,
                      const std::map<std::string, std::string>& supplied) {
    flag_map out;
    for (const auto& resource : resources) {
        for (const auto& source : resource.sources) {
            if (source.flag_name.empty()) {
                continue;
            }
            const auto found = supplied.find(source.flag_name);
            auto& value = out[source.flag_name];
            const auto several =
                found != supplied.end() ? supplied_list(found->second) : std::vector<std::string>();
            if (!several.empty()) {
                value = boost::json::array(several.begin(), several.end());
            } else if (found != supplied.end() && !found->second.empty()) {
                value = found->second;
            } else if (source.kind != source_kind::operation) {
                value = source.what;
            }
        }
    }
    return out;
}

void resolve_sources(std::vector<resource_def>& resources, const flag_map& flags) {
    for (auto& resource : resources) {
        for (auto& source : resource.sources) {
            source_resolution(source, flags).run();
        }
    }
}

} // namespace outrider
