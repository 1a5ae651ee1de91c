#include "engine/project/model_params.hpp"

#include "engine/project/project_failure.hpp"

#include <boost/json/array.hpp>

#include <string_view>

namespace outrider {
namespace {

namespace json = boost::json;

/// How far parameters may refer to parameters, and how long a text may become by that: five lines
/// of `a: '{{b}}{{b}}'` and their like would fill the memory.
constexpr int deepest_param = 16;
constexpr std::size_t longest_filled_text = 65'536;
/// How many references one model has filled in; the rest of them stays as it is written.
constexpr int most_references = 100'000;

std::string_view without_blanks_around(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    const auto last = text.find_last_not_of(" \t");
    return first == text.npos ? std::string_view() : text.substr(first, last - first + 1);
}

class filler {
  public:
    explicit filler(const json::object& params) : params_(params) {}

    // NOLINTNEXTLINE(misc-no-recursion): as deep as the YAML, which is bounded
    void fill(json::value& value, int depth) const {
        if (value.is_string()) {
            value = filled(value.get_string(), depth);
        } else if (auto* list = value.if_array()) {
            for (auto& item : *list) {
                fill(item, depth);
            }
        } else if (auto* object = value.if_object()) {
            for (auto& member : *object) {
                fill(member.value(), depth);
            }
        }
    }

  private:
    // NOLINTNEXTLINE(misc-no-recursion): at most `deepest_param`
    json::value filled(std::string_view text, int depth) const {
        std::string out;
        std::string_view rest = text;
        for (;;) {
            const auto open = rest.find("{{");
            const auto close = open == rest.npos ? rest.npos : rest.find("}}", open);
            if (close == rest.npos) {
                return json::string(out.append(rest));
            }
            const auto reference = rest.substr(open, close + 2 - open);
            const auto* found = depth < deepest_param && --left_ > 0
                                    ? params_.if_contains(without_blanks_around(
                                          reference.substr(2, reference.size() - 4)))
                                    : nullptr;
            json::value value = found != nullptr ? *found : json::value(json::string(reference));
            if (found != nullptr) {
                fill(value, depth + 1);
            }
            if (reference.size() == text.size()) {
                return value;
            }
            out.append(rest.substr(0, open)).append(python_str(value));
            if (out.size() > longest_filled_text) {
                return json::string(text);
            }
            rest.remove_prefix(close + 2);
        }
    }

    const json::object& params_;
    mutable int left_ = most_references;
};

} // namespace

void fill_in_params(json::object& model) {
    const auto* declared = model.if_contains("params");
    if (declared == nullptr || !declared->is_object()) {
        return;
    }
    const json::object params = declared->get_object();
    const filler fill(params);
    for (auto& member : model) {
        if (member.key() != "params") {
            fill.fill(member.value(), 0);
        }
    }
}

} // namespace outrider
