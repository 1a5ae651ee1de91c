#include "engine/text/yaml_value.hpp"

#include "engine/text/file_text.hpp"
#include "engine/text/yaml_scalar.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::size_t deepest_yaml = 64;
constexpr std::size_t most_yaml_values = 100'000;
constexpr std::size_t most_bytes = std::size_t{4} << 20;

/// Ends the parse from inside a callback; never leaves this file.
struct unacceptable {
    YAML::Mark mark;
    std::string what;
};

std::size_t count_values(const json::value& value) {
    std::size_t count = 1;
    if (const auto* list = value.if_array()) {
        for (const auto& item : *list) {
            count += count_values(item);
        }
    } else if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            count += count_values(member.value());
        }
    }
    return count;
}

/// Builds the value of a document from yaml-cpp's events. (Its node interface loses the difference
/// between plain and quoted scalars of a key, and the place of an error.)
class value_builder final : public YAML::EventHandler {
  public:
    explicit value_builder(yaml_oddities* odd = nullptr) : odd_(odd) {}
    json::value take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (expects_key()) {
            set_key("null", false);
            return;
        }
        accept(mark, nullptr, anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            throw unacceptable{mark, "an anchor cannot refer to itself"};
        }
        count(mark, count_values(found->second));
        if (expects_key()) {
            throw unacceptable{mark, "an alias cannot be a key"};
        }
        accept(mark, found->second, 0);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        if (expects_key()) {
            const bool plain = tag == "?" || tag.empty();
            set_key(text, plain && text == "<<");
            if (odd_ != nullptr && plain && !value_of_plain(text).is_string()) {
                odd_->keys.push_back(path());
            }
            return;
        }
        if (odd_ != nullptr && tag == "?" && looks_like_date(text)) {
            odd_->dates.push_back(path());
        }
        accept(mark, typed(mark, tag, text), anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(mark, json::array(), anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(mark, json::object(), anchor);
    }
    void OnMapEnd() override {
        frame& top = frames_.back();
        for (const auto& merged : top.merges) {
            for (const auto& member : merged) {
                if (!top.value.get_object().contains(member.key())) {
                    top.value.get_object().emplace(member.key(), member.value());
                }
            }
        }
        close();
    }

  private:
    /// A collection that is being read.
    struct frame {
        YAML::Mark mark;
        json::value value;
        YAML::anchor_t anchor = 0;
        std::optional<std::string> key;   // of a mapping: read, waits for its value
        bool key_merges = false;          // the key is `<<`
        std::vector<json::object> merges; // in order; what the mapping has itself wins
    };

    // The keys on the way to the present value; items of lists have none.
    [[nodiscard]] std::vector<std::string> path() const {
        std::vector<std::string> out;
        for (const auto& each : frames_) {
            if (each.key) {
                out.push_back(*each.key);
            }
        }
        return out;
    }

    // `2024-01-31`, also with a time behind it: a timestamp of YAML 1.1.
    static bool looks_like_date(std::string_view text) {
        constexpr std::string_view form = "dddd-dd-dd";
        if (text.size() < form.size()) {
            return false;
        }
        for (std::size_t i = 0; i < form.size(); ++i) {
            const bool digit = text[i] >= '0' && text[i] <= '9';
            if (form[i] == 'd' ? !digit : text[i] != form[i]) {
                return false;
            }
        }
        return text.size() == form.size() || text[form.size()] == 'T' || text[form.size()] == ' ';
    }

    [[nodiscard]] bool expects_key() const {
        return !frames_.empty() && frames_.back().value.is_object() && !frames_.back().key;
    }

    void set_key(const std::string& text, bool merges) {
        frame& top = frames_.back();
        top.key = text;
        top.key_merges = merges;
    }

    static json::value typed(const YAML::Mark& mark, const std::string& tag,
                             const std::string& text) {
        static const std::string core = "tag:yaml.org,2002:";
        if (tag == "!" || tag == core + "str") {
            return json::string(text);
        }
        const bool is_core = tag.starts_with(core);
        const std::string name = is_core ? tag.substr(core.size()) : tag;
        if (tag == "?" || tag.empty() || (is_core && (name == "null" || name == "bool"))) {
            return value_of_plain(text);
        }
        const json::value value = value_of_plain(text);
        if (is_core && name == "float" && value.is_number()) {
            return value.to_number<double>();
        }
        if (is_core && name == "int" && value.is_int64()) {
            return value;
        }
        throw unacceptable{mark, "the tag '" + name + "' cannot be used here"};
    }

    void count(const YAML::Mark& mark, std::size_t more) {
        values_ += more;
        if (values_ > most_yaml_values) {
            throw unacceptable{mark, "too many values (at most " +
                                         std::to_string(most_yaml_values) + ")"};
        }
    }

    void accept(const YAML::Mark& mark, json::value value, YAML::anchor_t anchor) {
        count(mark, 1);
        if (anchor != 0) {
            anchors_[anchor] = value;
        }
        if (frames_.empty()) {
            root_ = std::move(value);
            return;
        }
        frame& top = frames_.back();
        if (auto* list = top.value.if_array()) {
            list->push_back(std::move(value));
        } else if (top.key_merges) {
            merge(mark, top, value);
            top.key.reset();
        } else {
            // Of a key that is there twice the last one counts, as in PyYAML.
            top.value.get_object().insert_or_assign(*top.key, std::move(value));
            top.key.reset();
        }
    }

    static void merge(const YAML::Mark& mark, frame& into, const json::value& value) {
        if (const auto* object = value.if_object()) {
            into.merges.push_back(*object);
            return;
        }
        const auto* list = value.if_array();
        for (const auto& item : list != nullptr ? *list : json::array{nullptr}) {
            if (!item.is_object()) {
                throw unacceptable{mark, "'<<' takes a mapping or a list of mappings"};
            }
            into.merges.push_back(item.get_object());
        }
    }

    void open(const YAML::Mark& mark, json::value empty, YAML::anchor_t anchor) {
        if (expects_key()) {
            throw unacceptable{mark, "a key must be text"};
        }
        if (frames_.size() >= deepest_yaml) {
            throw unacceptable{mark, "nested too deeply (at most " + std::to_string(deepest_yaml) +
                                         " levels)"};
        }
        frames_.push_back({.mark = mark, .value = std::move(empty), .anchor = anchor});
    }

    void close() {
        frame done = std::move(frames_.back());
        frames_.pop_back();
        accept(done.mark, std::move(done.value), done.anchor);
    }

    yaml_oddities* odd_;
    json::value root_;
    std::vector<frame> frames_;
    std::map<YAML::anchor_t, json::value> anchors_;
    std::size_t values_ = 0;
};

failure error_at(const std::string& name, const YAML::Mark& mark, const std::string& what) {
    if (mark.is_null()) {
        return {errc::bad_input, name + ": " + what};
    }
    return {errc::bad_input, name + ":" + std::to_string(mark.line + 1) + ":" +
                                 std::to_string(mark.column + 1) + ": " + what};
}

// False: there is a second document.
bool read_document(const std::string& text, value_builder& builder) {
    std::istringstream in(text);
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    value_builder rest;
    return !parser.HandleNextDocument(rest);
}

// The last line with a quotation mark that has no other beside it.
std::size_t line_of_open_quote(std::string_view text) {
    std::size_t found = 1;
    std::size_t number = 0;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        ++number;
        if (std::ranges::count(line, '\'') % 2 == 1 || std::ranges::count(line, '"') % 2 == 1) {
            found = number;
        }
    }
    return found;
}

// A quote that is open where the last line ends passes in yaml-cpp; with more text behind it is the
// error that it should be. A comment is no more text otherwise.
void refuse_open_quote(std::string_view text) {
    try {
        value_builder builder;
        std::ignore = read_document(std::string(text) + "\n#", builder); // known to be one
    } catch (const YAML::Exception&) {
        throw unacceptable{YAML::Mark::null_mark(), "a quotation mark is not closed (line " +
                                                        std::to_string(line_of_open_quote(text)) +
                                                        ")"};
    }
}

// What most attributes are: one plain scalar on one line, of characters that mean nothing else in
// YAML. A listing reads tens of thousands of them, and the parser takes 10 µs and more for each.
std::optional<std::string_view> plain_scalar(std::string_view text) {
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    const auto is_word = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    const auto is_plain = [&](char c) {
        return is_word(c) || std::string_view(" _./+-=").find(c) != std::string_view::npos;
    };
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    if (text.size() <= first || !is_word(text[first]) || text.ends_with(' ') ||
        !std::ranges::all_of(text, is_plain)) {
        return std::nullopt;
    }
    return text;
}

} // namespace

result<json::value> read_yaml(std::string_view text, const std::string& name, yaml_oddities* odd) {
    if (text.size() > most_bytes) {
        return failure(errc::bad_input, name + ": too large (at most 4 MiB)");
    }
    if (const auto plain = plain_scalar(text)) {
        return value_of_plain(*plain);
    }
    try {
        value_builder builder(odd);
        if (!read_document(std::string(text), builder)) {
            return failure(errc::bad_input, name + ": more than one YAML document");
        }
        if (text.find_first_of("'\"") != std::string_view::npos) {
            refuse_open_quote(text);
        }
        return builder.take();
    } catch (const unacceptable& bad) {
        return error_at(name, bad.mark, bad.what);
    } catch (const YAML::Exception& bad) {
        return error_at(name, bad.mark, bad.msg);
    }
}

result<json::value> load_yaml(const std::string& path, const std::string& name) {
    auto text = read_text_file(path, most_bytes);
    if (!text) {
        return text.error();
    }
    return read_yaml(*text, name);
}

} // namespace outrider
