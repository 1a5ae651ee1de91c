#include "engine/config/config.hpp"
#include "engine/config/far_path.hpp"
#include "engine/config/slots.hpp"
#include "engine/text/path_text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

namespace outrider {
namespace {

namespace json = boost::json;

/// Reads the keys of one remote; the first thing that does not make sense is kept as the failure.
class remote_reader {
  public:
    remote_reader(const config& from, std::string name, const json::object& data)
        : from_(from), data_(data), name_(std::move(name)) {}

    std::optional<std::string> text(std::string_view key) {
        const auto* value = data_.if_contains(key);
        if (value == nullptr || value->is_null()) {
            return std::nullopt;
        }
        if (value->is_array() || value->is_object()) {
            fail(key, "must be text");
            return std::nullopt;
        }
        return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
    }
    std::string text_or_empty(const char* key) { return text(key).value_or(""); }

    bool boolean(std::string_view key) {
        const auto* value = data_.if_contains(key);
        if (value == nullptr || value->is_null()) {
            return false;
        }
        if (!value->is_bool()) {
            fail(key, "must be yes or no");
            return false;
        }
        return value->get_bool();
    }

    /// A path on this machine: `~` and `$VAR` expanded, relative to the configuration's directory.
    std::optional<std::string> local_path(const char* key) {
        const auto value = text(key);
        return value ? std::optional(absolute(*value)) : std::nullopt;
    }

    /// A path on the machine of the remote, as `read_far_path` gives it.
    std::optional<std::string> far_path(std::string_view key) {
        const auto value = text(key);
        if (!value) {
            return std::nullopt;
        }
        auto path = read_far_path(*value);
        if (!path) {
            fail(key, path.error().context);
            return std::nullopt;
        }
        return *path;
    }

    /// A key of the type, as its description wants it.
    std::optional<std::string> value_of(const remote_key& key) {
        if (key.kind == key_kind::yes_no || key.kind == key_kind::lines) {
            return key.kind == key_kind::lines ? lines(key.name) : yes_or_no(key.name);
        }
        auto value = text(key.name);
        if (!value) {
            return std::nullopt;
        }
        const bool is_word = std::ranges::find(key.words, *value) != key.words.end();
        switch (key.kind) {
        case key_kind::text:
            break;
        case key_kind::name:
            if (value->starts_with('-')) {
                fail(key.name, "must not begin with '-'");
            }
            break;
        case key_kind::number:
            check_number(key, *value);
            break;
        case key_kind::choice:
            if (!is_word) {
                // Never ignored: a typing error here may weaken a check.
                fail(key.name, "must be " + one_of(key.words) + ", not '" + *value + "'");
            }
            break;
        case key_kind::minutes:
            check_minutes(key.name);
            break;
        case key_kind::far_path:
            return far_path(key.name);
        case key_kind::local_path:
            return is_word ? value : absolute(*value);
        case key_kind::yes_no:
        case key_kind::lines:
            break; // were read above
        }
        return value;
    }

    /// A list of indexes, as "0 2 1".
    std::string indexes(std::string_view key) {
        const auto* value = data_.if_contains(key);
        std::string out;
        if (value == nullptr || value->is_null()) {
            return out;
        }
        for (const auto& item : value->is_array() ? value->get_array() : json::array{*value}) {
            if (!item.is_int64() || item.get_int64() < 0) {
                fail(key, "must be a list of indexes, as [0, 1]");
                return {};
            }
            out += (out.empty() ? "" : " ") + std::to_string(item.get_int64());
        }
        return out;
    }

    /// A list of words, as "fast a100".
    std::string words(std::string_view key) {
        const auto* value = data_.if_contains(key);
        std::string out;
        if (value == nullptr || value->is_null()) {
            return out;
        }
        for (const auto& item : value->is_array() ? value->get_array() : json::array{*value}) {
            const auto* word = item.if_string();
            if (word == nullptr || word->empty() || word->find_first_of(" \t\n") != word->npos) {
                fail(key, "must be a list of words, as [fast, a100]");
                return {};
            }
            out += (out.empty() ? "" : " ") + std::string(*word);
        }
        return out;
    }

    void fail(std::string_view key, const std::string& why) {
        if (!failed_) {
            failed_ = failure(errc::bad_input, "remote " + name_ + ": " + std::string(key) + " " +
                                                   why + " (in " + from_.path + ")");
        }
    }
    [[nodiscard]] const std::optional<failure>& failed() const { return failed_; }

  private:
    [[nodiscard]] std::string absolute(const std::string& path) const {
        return absolute_path(expand_variables(path, from_.environment),
                             std::filesystem::path(from_.path).parent_path().string(), from_.home);
    }

    void check_number(const remote_key& key, const std::string& value) {
        std::int64_t number = 0;
        const char* end = value.data() + value.size();
        const auto got = std::from_chars(value.data(), end, number);
        if (got.ec != std::errc() || got.ptr != end || number < key.least || number > key.most) {
            fail(key.name, "must be a number from " + std::to_string(key.least) + " to " +
                               std::to_string(key.most) + ", not '" + value + "'");
        }
    }

    std::optional<std::string> yes_or_no(std::string_view key) {
        const auto* value = data_.if_contains(key);
        if (value == nullptr || value->is_null()) {
            return std::nullopt;
        }
        return boolean(key) ? "yes" : "no";
    }

    std::optional<std::string> lines(std::string_view key) {
        const auto* value = data_.if_contains(key);
        if (value == nullptr || value->is_null()) {
            return std::nullopt;
        }
        std::string out;
        for (const auto& item : value->is_array() ? value->get_array() : json::array{*value}) {
            if (!item.is_string()) {
                fail(key, "must be a list of texts");
                return std::nullopt;
            }
            out += (out.empty() ? "" : "\n") + std::string(item.get_string());
        }
        return out;
    }

    // YAML 1.1 takes 1:30 for the number 90, which Slurm takes for 90 minutes: below 60 none of
    // them can be meant.
    void check_minutes(std::string_view key) {
        const auto& value = data_.at(key);
        if (!value.is_string() && !(value.is_int64() && value.get_int64() < 60)) {
            fail(key, "must be text, in quotes: '2:00:00', '90' (YAML takes a time without quotes "
                      "for a number)");
        }
    }

    static std::string one_of(const std::vector<std::string_view>& words) {
        std::string text;
        for (std::size_t at = 0; at < words.size(); ++at) {
            text += at == 0 ? "" : at + 1 == words.size() ? " or " : ", ";
            text += words[at];
        }
        return text;
    }

    const config& from_;
    const json::object& data_;
    std::string name_;
    std::optional<failure> failed_;
};

std::string far_guild_home(remote_reader& in, const remote& to) {
    if (auto home = in.far_path("guild-home")) {
        return *home;
    }
    if (!to.conda_env.empty()) {
        if (to.conda_env.find('/') == std::string::npos) {
            in.fail("conda-env", "is a name, not a path, and so guild-home is needed as well");
        }
        return to.conda_env + "/.guild";
    }
    return to.venv_path.empty() ? ".guild" : to.venv_path + "/.guild";
}

// Whether what runs require is fetched here, for any type of remote.
bool read_downloads(remote_reader& in) {
    static const remote_key key{
        .name = "downloads", .kind = key_kind::choice, .words = {"here", "there"}};
    return in.value_of(key) == "here";
}

/// How a machine is shared out among trials: keys of any type of remote, beside `gpus`.
const remote_key slot_keys[] = {
    {.name = "slots", .kind = key_kind::number, .least = 1, .most = 10'000},
    {.name = "gpus-per-trial", .kind = key_kind::number, .least = 0, .most = 1'000},
    {.name = "trials-per-gpu", .kind = key_kind::number, .least = 1, .most = 1'000},
    {.name = "prefer", .kind = key_kind::number, .least = -1'000'000, .most = 1'000'000},
};

/// Where `settings` has the `gpus` that are shared out: some types have a key of that name.
constexpr const char* slot_gpus = "slot-gpus";

void read_slots(remote_reader& in, remote& to, const remote_type* type) {
    for (const auto& key : slot_keys) {
        if (auto number = in.value_of(key)) {
            to.settings[std::string(key.name)] = std::move(*number);
        }
    }
    const bool has_own =
        type != nullptr &&
        std::ranges::find(type->keys, "gpus", &remote_key::name) != type->keys.end();
    if (auto gpus = has_own ? std::string() : in.indexes("gpus"); !gpus.empty()) {
        to.settings[slot_gpus] = std::move(gpus);
    }
    if (auto tags = in.words("tags"); !tags.empty()) {
        to.settings["tags"] = std::move(tags);
    }
}

failure not_defined(const std::string& name) {
    return {errc::not_found, "remote " + name +
                                 " is not defined\nShow remotes by running '{program} remotes' or "
                                 "'{program} remotes --help' for more information."};
}

result<remote> read_remote(const config& from, const remote_types& types, const std::string& name,
                           const json::object& data) {
    remote_reader in(from, name, data);
    remote out{.name = name};
    out.downloads_here = read_downloads(in);
    out.type = in.text_or_empty("type");
    if (out.type.empty()) {
        return failure(errc::bad_input, "remote " + name + " is missing required config: type");
    }
    const auto* type = types.find(out.type);
    if (type == nullptr) {
        return failure(errc::unsupported, "remote " + name + " has unsupported type: " + out.type);
    }
    read_slots(in, out, type);
    out.description = in.text_or_empty("description");
    out.venv_path = in.far_path("venv-path").value_or(in.far_path("guild-env").value_or(""));
    out.venv_activate = in.text_or_empty("venv-activate");
    out.conda_env = in.far_path("conda-env").value_or("");
    out.use_prerelease = in.boolean("use-prerelease");
    out.init = in.text_or_empty("init");
    const auto home_here = type->here ? in.local_path("guild-home") : std::nullopt;
    out.guild_home = home_here ? *home_here : far_guild_home(in, out);
    std::string missing;
    for (const auto& key : type->keys) {
        auto value = in.value_of(key);
        if (key.required && value.value_or("").empty() && missing.empty()) {
            missing = key.name;
        }
        if (value) {
            out.settings[std::string(key.name)] = std::move(*value);
        }
    }
    if (in.failed()) {
        return *in.failed();
    }
    if (!missing.empty()) {
        return failure(errc::bad_input,
                       "remote " + name + " is missing required config: " + missing);
    }
    if (type->complete != nullptr) {
        const auto* home = data.if_contains("guild-home");
        if (auto good = type->complete(out, home != nullptr && !home->is_null()); !good) {
            return good.error();
        }
    }
    out.address = type->address_of(out);
    return out;
}

// A remote that is spelled out where its name is expected; the text after the type is its name.
result<remote> read_inline_remote(const remote_types& types, const std::string& text) {
    const auto colon = text.find(':');
    remote out{.name = text.substr(colon + 1), .type = text.substr(0, colon)};
    const auto* type = types.find(out.type);
    if (type == nullptr || type->inline_form.empty()) {
        const auto forms = types.inline_forms();
        return failure(errc::not_found,
                       "unknown remote type '" + out.type +
                           "'\nShow remotes by running '{program} remotes'" +
                           (forms.empty() ? "" : ", or name one in place as " + forms) + ".");
    }
    if (auto read = type->read_inline(out.name, out); !read) {
        return read.error();
    }
    out.address = type->address_of(out);
    return out;
}

// False where nothing is said. What is said was checked as it was read.
bool read_number(const remote& to, const char* key, std::int64_t& into) {
    const auto said = to.settings.find(key);
    if (said == to.settings.end()) {
        return false;
    }
    std::from_chars(said->second.data(), said->second.data() + said->second.size(), into);
    return true;
}

std::vector<std::string> words_of(const remote& to, const char* key) {
    std::vector<std::string> out;
    const auto said = to.settings.find(key);
    std::string_view left = said == to.settings.end() ? std::string_view() : said->second;
    while (!left.empty()) {
        const auto word = left.substr(0, left.find(' '));
        out.emplace_back(word);
        left.remove_prefix(std::min(word.size() + 1, left.size()));
    }
    return out;
}

} // namespace

protocol::slot_rules slots_of(const remote& to) {
    protocol::slot_rules out;
    read_number(to, "slots", out.count);
    const bool shared = read_number(to, "trials-per-gpu", out.trials_per_gpu);
    if (!read_number(to, "gpus-per-trial", out.gpus_per_trial) && shared) {
        out.gpus_per_trial = 1;
    }
    for (const auto& word : words_of(to, slot_gpus)) {
        std::from_chars(word.data(), word.data() + word.size(), out.gpus.emplace_back());
    }
    return out;
}

std::int64_t preference_of(const remote& to) {
    std::int64_t out = 0;
    read_number(to, "prefer", out);
    return out;
}

std::vector<std::string> tags_of(const remote& to) {
    return words_of(to, "tags");
}

result<> read_own_slots(const config& from, remote& here) {
    remote_reader in(from, std::string(this_machine_name), from.data);
    read_slots(in, here, nullptr);
    return in.failed() ? result<>(*in.failed()) : result<>();
}

result<remote> find_remote(const config& from, const remote_types& types, const std::string& name) {
    if (const auto* section = from.data.if_contains("remotes");
        section != nullptr && !section->is_null()) {
        if (!section->is_object()) {
            return failure(errc::bad_input, from.path + ": 'remotes' must be a mapping of names");
        }
        if (const auto* data = section->get_object().if_contains(name)) {
            if (!data->is_object()) {
                return failure(errc::bad_input,
                               from.path + ": remote " + name + " must be a mapping");
            }
            return read_remote(from, types, name, data->get_object());
        }
    }
    if (name.find(':') != std::string::npos) {
        return read_inline_remote(types, name);
    }
    return not_defined(name);
}

} // namespace outrider
