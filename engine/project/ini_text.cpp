#include "engine/project/ini_text.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/python_number.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/json/array.hpp>

#include <map>

namespace outrider {
namespace {

namespace json = boost::json;

failure bad_line(int number, const std::string& why) {
    return {errc::bad_input, "line " + std::to_string(number) + ": " + why};
}

/// Reads line by line; a value is decoded once the next line shows that it is complete.
class ini_reader {
  public:
    result<json::object> run(std::string_view text) {
        int number = 0;
        while (!text.empty()) {
            const auto line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            if (auto taken = take(line, ++number); !taken) {
                return taken.error();
            }
        }
        finish_value();
        return std::move(out_);
    }

  private:
    result<> take(std::string_view line, int number) {
        const std::string trimmed = boost::trim_copy(std::string(line));
        if (trimmed.empty() || trimmed.front() == '#' || trimmed.front() == ';') {
            return {};
        }
        const bool indented = line.front() == ' ' || line.front() == '\t';
        if (indented && !name_.empty()) {
            value_ += "\n" + trimmed;
            return {};
        }
        finish_value();
        if (trimmed.front() == '[') {
            const auto end = trimmed.find(']');
            if (end == std::string::npos) {
                return bad_line(number, "the name of a section does not end");
            }
            section_ = trimmed.substr(1, end - 1);
            if (section_ == "DEFAULT") {
                section_.clear();
            } else if (!out_.contains(section_)) {
                out_[section_].emplace_object();
            }
            return {};
        }
        const auto sign = trimmed.find_first_of("=:");
        if (sign == std::string::npos || sign == 0) {
            return bad_line(number, "expected NAME = VALUE: " + trimmed);
        }
        name_ = boost::to_lower_copy(boost::trim_copy(trimmed.substr(0, sign)));
        value_ = boost::trim_copy(trimmed.substr(sign + 1));
        return {};
    }

    void finish_value() {
        if (name_.empty()) {
            return;
        }
        json::object& into = section_.empty() ? out_ : out_[section_].get_object();
        into[name_] = decode_flag(value_);
        name_.clear();
    }

    json::object out_;
    std::string section_;
    std::string name_; // of the value that is being read
    std::string value_;
};

// As Python's `str` has it; a text in a collection is quoted.
std::string python_text(const json::value& value, bool inside = false) {
    switch (value.kind()) {
    case json::kind::null:
        return "None";
    case json::kind::bool_:
        return value.get_bool() ? "True" : "False";
    case json::kind::double_:
        return python_float(value.get_double());
    case json::kind::string: {
        const std::string text(value.get_string());
        return inside ? python_string(text) : text;
    }
    case json::kind::array: {
        std::string out;
        for (const auto& item : value.get_array()) {
            out += (out.empty() ? "" : ", ") + python_text(item, true);
        }
        return "[" + out + "]";
    }
    default:
        return argument_text(value);
    }
}

void add_values(const std::map<std::string, json::value>& values, std::string& out) {
    for (const auto& [name, value] : values) {
        std::string text = python_text(value);
        for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
            text.insert(at + 1, 1, '\t'); // otherwise it would not read back as one value
        }
        out += name + " = " + text + "\n";
    }
}

} // namespace

result<json::object> read_ini(std::string_view text) {
    return ini_reader().run(text);
}

std::string ini_text(const json::object& config) {
    std::map<std::string, json::value> top;
    std::map<std::string, std::map<std::string, json::value>> sections;
    for (const auto& member : config) {
        const auto* section = member.value().if_object();
        if (section != nullptr && !big_integer_digits(member.value())) {
            auto& into = sections[member.key()];
            for (const auto& one : *section) {
                into.emplace(one.key(), one.value());
            }
        } else {
            top.emplace(member.key(), member.value());
        }
    }
    std::string out;
    if (!top.empty()) {
        out += "[DEFAULT]\n";
        add_values(top, out);
        out += "\n";
    }
    for (const auto& [name, values] : sections) {
        out += "[" + name + "]\n";
        add_values(values, out);
        out += "\n";
    }
    return out;
}

} // namespace outrider
