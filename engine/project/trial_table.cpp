#include "engine/project/trial_table.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/python_number.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace outrider {
namespace {

namespace json = boost::json;

// As Python's csv writes a cell. A row of one empty cell would read back as no row.
std::string csv_cell(const std::string& text, bool alone) {
    if (text.find_first_of(",\"\r\n") == text.npos && !(alone && text.empty())) {
        return text;
    }
    std::string out = "\"";
    for (const char c : text) {
        out += c == '"' ? "\"\"" : std::string(1, c);
    }
    return out + "\"";
}

std::string csv_row(const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        out += (i == 0 ? "" : ",") + csv_cell(cells[i], cells.size() == 1);
    }
    return out + "\n";
}

// Numbers as Python writes them: `2.5`, not `2.5E0`.
std::string python_json(const json::value& value) {
    std::string out;
    if (const auto digits = big_integer_digits(value)) {
        return std::string(*digits);
    }
    if (value.is_double()) {
        const double number = value.get_double();
        return std::isnan(number)   ? "NaN"
               : std::isinf(number) ? (number < 0 ? "-Infinity" : "Infinity")
                                    : python_float(number);
    }
    if (const auto* list = value.if_array()) {
        for (const auto& item : *list) {
            out += (out.empty() ? "" : ", ") + python_json(item);
        }
        return "[" + out + "]";
    }
    if (const auto* object = value.if_object()) {
        std::map<std::string, std::string> members;
        for (const auto& member : *object) {
            members[std::string(member.key())] = python_json(member.value());
        }
        for (const auto& [key, text] : members) {
            out += (out.empty() ? "" : ", ") + json::serialize(json::string(key)) + ": " + text;
        }
        return "{" + out + "}";
    }
    return json::serialize(value);
}

} // namespace

trials_listed list_trials(const std::vector<flag_map>& trials) {
    std::set<std::string> names;
    for (const auto& trial : trials) {
        for (const auto& [name, value] : trial) {
            names.insert(name);
        }
    }
    trials_listed out{.flags = {names.begin(), names.end()}};
    out.trials.reserve(trials.size());
    for (const auto& trial : trials) {
        auto& row = out.trials.emplace_back();
        for (const auto& name : out.flags) {
            const auto found = trial.find(name);
            row.push_back(found == trial.end() ? "" : encode_flag(found->second));
        }
    }
    return out;
}

std::string trials_csv(const std::vector<flag_map>& trials) {
    const auto table = list_trials(trials);
    std::string out = csv_row(table.flags);
    for (const auto& row : table.trials) {
        out += csv_row(row);
    }
    return out;
}

std::string trials_json(const std::vector<flag_map>& trials) {
    std::string out;
    for (const auto& trial : trials) {
        json::object object;
        for (const auto& [name, value] : trial) {
            object.emplace(name, value);
        }
        out += (out.empty() ? "" : ", ") + python_json(object);
    }
    return "[" + out + "]";
}

} // namespace outrider
