#include "engine/commands/comparing/hparams_events.hpp"

#include "engine/scalars/event_message.hpp"
#include "engine/scalars/wire_format.hpp"
#include "engine/text/big_integer.hpp"
#include "engine/text/python_value.hpp"

#include <optional>

namespace outrider {
namespace {

namespace json = boost::json;

/// Of tensorflow.Summary.Value.
enum summary_number : std::uint32_t {
    summary_tag = 1,
    summary_image = 4,
    summary_tensor = 8,
    summary_metadata = 9,
};
/// Of tensorboard.hparams.HParamsPluginData.
enum plugin_number : std::uint32_t { plugin_experiment = 2, plugin_start = 3, plugin_end = 4 };
/// Of tensorboard.hparams.DataType.
enum hparam_type : std::uint64_t { hparam_string = 1, hparam_bool = 2, hparam_float = 3 };

/// Values of a hyperparameter that the page lets a person tick.
constexpr std::size_t most_ticked = 100;

// google.protobuf.Value
std::string protobuf_value(const json::value& value) {
    std::string out;
    if (value.is_bool()) {
        append_varint_field(out, 4, value.get_bool() ? 1 : 0);
    } else if (const auto number = number_of(value)) {
        append_double_field(out, 2, *number);
    } else if (value.is_null()) {
        append_varint_field(out, 1, 0);
    } else {
        append_bytes_field(out, 3, python_text(value));
    }
    return out;
}

hparam_type type_of(const std::vector<json::value>& values) {
    std::optional<hparam_type> out;
    for (const auto& value : values) {
        if (value.is_null()) {
            continue;
        }
        const auto type = value.is_bool()    ? hparam_bool
                          : number_of(value) ? hparam_float
                                             : hparam_string;
        if (out && *out != type) {
            return hparam_string;
        }
        out = type;
    }
    return out.value_or(hparam_string);
}

std::string hparam_info(const std::string& name, const std::vector<json::value>& values) {
    std::string out;
    append_bytes_field(out, 1, name);
    const auto type = type_of(values);
    append_varint_field(out, 4, type);
    if (type != hparam_float && values.size() <= most_ticked) {
        std::string domain;
        for (const auto& value : values) {
            if (!value.is_null()) {
                append_bytes_field(domain, 1, protobuf_value(value));
            }
        }
        append_bytes_field(out, 5, domain);
    }
    return out;
}

std::string metric_info(const std::string& tag) {
    std::string name;
    append_bytes_field(name, 2, tag);
    std::string out;
    append_bytes_field(out, 1, name);
    return out;
}

// A summary of the plug-in is all metadata; its tensor is one zero, as TensorBoard's own writers
// have it.
std::string hparams_event(const std::string& tag, plugin_number what, const std::string& content) {
    std::string data;
    append_bytes_field(data, what, content);
    std::string plugin;
    append_bytes_field(plugin, 1, "hparams");
    append_bytes_field(plugin, 2, data);
    std::string metadata;
    append_bytes_field(metadata, 1, plugin);
    std::string dimension;
    append_varint_field(dimension, 1, 1);
    std::string shape;
    append_bytes_field(shape, 2, dimension);
    std::string tensor;
    append_varint_field(tensor, 1, 1); // DT_FLOAT
    append_bytes_field(tensor, 2, shape);
    append_float_field(tensor, 5, 0);
    std::string value;
    append_bytes_field(value, summary_tag, tag);
    append_bytes_field(value, summary_tensor, tensor);
    append_bytes_field(value, summary_metadata, metadata);
    return summary_event(0, value);
}

std::uint32_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < count; ++i) {
        out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
    }
    return out;
}

// The first "start of frame" says it; what stands before it is passed over.
image_size jpeg_size(std::string_view bytes) {
    std::size_t at = 2;
    while (at + 9 <= bytes.size() && bytes[at] == '\xff') {
        const auto marker = static_cast<unsigned char>(bytes[at + 1]);
        const bool is_frame =
            marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (is_frame) {
            return {.width = big_endian(bytes, at + 7, 2), .height = big_endian(bytes, at + 5, 2)};
        }
        at += 2 + big_endian(bytes, at + 2, 2);
    }
    return {};
}

} // namespace

std::string hparams_experiment_event(const hparams_experiment& experiment) {
    std::string out;
    for (const auto& [name, values] : experiment.hparams) {
        append_bytes_field(out, 4, hparam_info(name, values));
    }
    for (const auto& tag : experiment.metrics) {
        append_bytes_field(out, 5, metric_info(tag));
    }
    return hparams_event("_hparams_/experiment", plugin_experiment, out);
}

std::string hparams_start_event(const hparams_session& session) {
    std::string out;
    for (const auto& each : session.hparams) {
        if (each.value().is_null()) {
            continue; // the page shows nothing for it
        }
        std::string entry;
        append_bytes_field(entry, 1, each.key());
        append_bytes_field(entry, 2, protobuf_value(each.value()));
        append_bytes_field(out, 1, entry);
    }
    append_bytes_field(out, 4, session.name);
    append_double_field(out, 5, session.started);
    return hparams_event("_hparams_/session_start_info", plugin_start, out);
}

std::string hparams_end_event(hparams_status status, double ended) {
    std::string out;
    append_varint_field(out, 1, static_cast<std::uint64_t>(status));
    append_double_field(out, 2, ended);
    return hparams_event("_hparams_/session_end_info", plugin_end, out);
}

std::string image_event(const std::string& tag, std::string_view bytes) {
    constexpr std::uint64_t rgb = 3;
    const auto size = image_size_of(bytes);
    std::string image;
    append_varint_field(image, 1, size.height);
    append_varint_field(image, 2, size.width);
    append_varint_field(image, 3, rgb);
    append_bytes_field(image, 4, bytes);
    std::string value;
    append_bytes_field(value, summary_tag, tag);
    append_bytes_field(value, summary_image, image);
    return summary_event(0, value);
}

image_size image_size_of(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv) && bytes.size() >= 24) {
        return {.width = big_endian(bytes, 16, 4), .height = big_endian(bytes, 20, 4)};
    }
    if (bytes.starts_with("GIF8"sv) && bytes.size() >= 10) {
        const auto little = [&](std::size_t at) {
            return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at]) |
                                              static_cast<unsigned char>(bytes[at + 1]) << 8);
        };
        return {.width = little(6), .height = little(8)};
    }
    return bytes.starts_with("\xff\xd8"sv) ? jpeg_size(bytes) : image_size{};
}

} // namespace outrider
