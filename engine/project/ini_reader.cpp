#include "engine/project/ini_reader.hpp"

#include "engine/project/flag_text.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/trim.hpp>

#include <algorithm>

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

} // namespace

result<json::object> read_ini(std::string_view text) {
    return ini_reader().run(text);
}

} // namespace outrider
