#include "engine/project/batch_file.hpp"

#include "engine/project/flag_text.hpp"
#include "engine/project/flag_values.hpp"
#include "engine/text/file_text.hpp"
#include "engine/text/path_text.hpp"
#include "engine/text/python_number.hpp"
#include "engine/text/yaml_value.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parser.hpp>

#include <algorithm>
#include <filesystem>

namespace outrider {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t largest_batch_file = std::size_t{64} << 20U; ///< bytes

// As messages name a file.
std::string shown_name(const std::string& name) {
    const bool plain = !name.starts_with('/') && !name.starts_with('~') &&
                       !name.starts_with("./") && !name.starts_with("../");
    return plain ? "./" + name : name;
}

failure unreadable(const std::string& name, const std::string& why) {
    return {errc::bad_input, "cannot read trials for " + shown_name(name) + ": " + why};
}

/// Rows of cells, as Python's `csv` reads what spreadsheets write: cells in quotation marks may
/// hold commas, line feeds and doubled marks.
class csv_rows {
  public:
    explicit csv_rows(std::string_view text) : text_(text) {}

    /// The next row that is not blank; nothing at the end.
    std::optional<std::vector<std::string>> next() {
        while (at_ < text_.size()) {
            auto row = read_row();
            if (row.size() != 1 || !row.front().empty()) {
                return row;
            }
        }
        return std::nullopt;
    }

  private:
    std::vector<std::string> read_row() {
        std::vector<std::string> row(1);
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"' && row.back().empty()) {
                read_quoted(row.back());
            } else if (c == ',') {
                row.emplace_back();
            } else if (c == '\n' || c == '\r') {
                at_ += c == '\r' && text_.substr(at_).starts_with('\n') ? 1 : 0;
                break;
            } else {
                row.back() += c;
            }
        }
        return row;
    }
    void read_quoted(std::string& cell) {
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c != '"') {
                cell += c;
            } else if (text_.substr(at_).starts_with('"')) {
                cell += text_[at_++];
            } else {
                return;
            }
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

json::value cell_value(const std::string& cell, std::vector<std::string>& notes) {
    json::value value = decode_flag(cell);
    if (value.is_string() && value.get_string() == std::string_view(cell)) {
        expand_sequences(value, notes);
    }
    return value;
}

result<batch_file> csv_trials(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) {
        text.remove_prefix(3); // spreadsheets mark a file as UTF-8
    }
    if (const auto nul = text.find('\0'); nul != text.npos) {
        const auto line = 1 + std::ranges::count(text.substr(0, nul), '\n');
        return failure(errc::bad_input, "line " + std::to_string(line) + " contains NUL");
    }
    csv_rows rows(text);
    batch_file out;
    const auto names = rows.next();
    if (!names) {
        return out;
    }
    while (const auto row = rows.next()) {
        flag_map trial;
        for (std::size_t i = 0; i < std::min(row->size(), names->size()); ++i) {
            trial[(*names)[i]] = cell_value((*row)[i], out.notes);
        }
        out.trials.push_back(std::move(trial));
    }
    return out;
}

result<json::value> json_value(std::string_view text, const std::string& name) {
    json::parser parser;
    boost::system::error_code ec;
    const std::size_t parsed = parser.write_some(text, ec);
    const auto rest = ec ? parsed : text.find_first_not_of(" \t\r\n", parsed);
    if (ec || rest != text.npos) {
        const auto line =
            1 + std::count(text.begin(), text.begin() + static_cast<long>(rest), '\n');
        return failure(errc::bad_input, name + ":" + std::to_string(line) + ": " +
                                            (ec ? ec.message() : "extra data"));
    }
    return parser.release();
}

std::string python_type(const json::value& value) {
    switch (value.kind()) {
    case json::kind::null:
        return "NoneType";
    case json::kind::bool_:
        return "bool";
    case json::kind::double_:
        return "float";
    case json::kind::string:
        return "str";
    default:
        return "int";
    }
}

std::string python_item(const json::value& value) {
    return value.is_string() ? python_string(value.get_string())
           : value.is_null() ? "None"
           : value.is_bool() ? (value.get_bool() ? "True" : "False")
                             : encode_flag(value);
}

flag_map trial_of(const json::object& data) {
    flag_map out;
    for (const auto& member : data) {
        out[std::string(member.key())] = member.value();
    }
    return out;
}

result<batch_file> listed_trials(const json::value& data) {
    batch_file out;
    if (const auto* one = data.if_object()) {
        out.trials.push_back(trial_of(*one));
        return out;
    }
    const auto* list = data.if_array();
    if (list == nullptr) {
        return failure(errc::bad_input,
                       "invalid data type for trials: expected list or dict, got " +
                           python_type(data));
    }
    for (const auto& item : *list) {
        if (!item.is_object()) {
            return failure(errc::bad_input,
                           "invalid data type for trial " + python_item(item) + ": expected dict");
        }
        out.trials.push_back(trial_of(item.get_object()));
    }
    return out;
}

result<batch_file> read_trials(const std::string& text, const std::string& extension,
                               const std::string& name) {
    if (extension.empty() || extension == ".csv") {
        return csv_trials(text);
    }
    auto data = extension == ".json" ? json_value(text, name) : read_yaml(text, name);
    return data ? listed_trials(*data) : data.error();
}

} // namespace

result<batch_file> read_batch_file(const std::string& name, const batch_file_place& place) {
    const std::string path = absolute_path(name, place.directory, place.home);
    std::error_code ec;
    if (!fs::exists(path, ec)) {
        return failure(errc::not_found, "batch file " + shown_name(name) + " does not exist");
    }
    const std::string extension = fs::path(path).extension().native();
    constexpr std::array known{"", ".csv", ".json", ".yml", ".yaml"};
    if (std::ranges::find(known, extension) == known.end()) {
        return unreadable(name, "unsupported extension");
    }
    const auto text = read_text_file(path, largest_batch_file);
    if (!text) {
        return unreadable(name, text.error().context);
    }
    auto read = read_trials(*text, extension, fs::path(path).filename().native());
    return read ? read : unreadable(name, read.error().context);
}

} // namespace outrider
