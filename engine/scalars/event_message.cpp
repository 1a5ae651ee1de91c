#include "engine/scalars/event_message.hpp"

#include "engine/scalars/little_endian.hpp"
#include "engine/scalars/wire_format.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <optional>

namespace outrider {
namespace {

constexpr std::size_t longest_tag = 256;    // bytes
constexpr std::size_t longest_text = 4096;  // bytes
constexpr std::size_t most_values = 10'000; // of one event

/// Field numbers of tensorflow.Event.
enum event_field : std::uint32_t { wall_time = 1, step = 2, file_version = 3, summary = 5 };
/// Of tensorflow.Summary.Value.
enum value_field : std::uint32_t { tag = 1, simple_value = 2, tensor = 8, metadata = 9 };
/// Of tensorflow.TensorProto.
enum tensor_field : std::uint32_t {
    dtype = 1,
    tensor_shape = 2,
    tensor_content = 4,
    float_val = 5,
    double_val = 6,
    string_val = 8,
    half_val = 13,
};
/// Of tensorflow.DataType.
enum data_type : std::uint64_t {
    dt_float = 1,
    dt_double = 2,
    dt_string = 7,
    dt_bfloat16 = 14,
    dt_half = 19,
};

double half_value(std::uint64_t bits) {
    const auto exponent = static_cast<int>(bits >> 10 & 0x1f);
    const auto fraction = static_cast<double>(bits & 0x3ff);
    double value =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
    if (exponent == 0x1f) {
        value = fraction == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
    }
    return (bits & 0x8000) != 0 ? -value : value;
}

double bfloat16_value(std::uint64_t bits) {
    return wire_float((bits & 0xffff) << 16);
}

std::optional<double> content_value(std::uint64_t type, std::string_view bytes) {
    switch (type) {
    case dt_float:
        return bytes.size() == 4
                   ? std::optional<double>(wire_float(read_little_endian<std::uint32_t>(bytes)))
                   : std::nullopt;
    case dt_double:
        return bytes.size() == 8
                   ? std::optional(wire_double(read_little_endian<std::uint64_t>(bytes)))
                   : std::nullopt;
    case dt_half:
    case dt_bfloat16:
        if (bytes.size() == 2) {
            const auto bits = read_little_endian<std::uint16_t>(bytes);
            return type == dt_half ? half_value(bits) : bfloat16_value(bits);
        }
        return std::nullopt;
    default:
        return std::nullopt;
    }
}

// One number of a list that is packed or not; nothing if it holds several.
std::optional<double> listed_value(const wire_field& field, std::uint64_t type) {
    std::uint64_t bits = field.value;
    if (field.type == wire_type::bytes) {
        const std::size_t width = field.number == float_val    ? 4
                                  : field.number == double_val ? 8
                                                               : 0;
        if (width > 0) {
            return field.bytes.size() == width
                       ? content_value(width == 4 ? dt_float : dt_double, field.bytes)
                       : std::nullopt;
        }
        wire_reader packed(field.bytes);
        const auto first = packed.varint();
        if (!first || packed.varint()) {
            return std::nullopt;
        }
        bits = *first;
    }
    switch (field.number) {
    case float_val:
        return wire_float(bits);
    case double_val:
        return wire_double(bits);
    case half_val:
        return type == dt_half ? half_value(bits) : bfloat16_value(bits);
    default:
        return std::nullopt;
    }
}

struct tensor_value {
    std::optional<double> number;
    std::optional<std::string_view> text;
};

tensor_value read_tensor(std::string_view bytes) {
    tensor_value out;
    std::uint64_t type = 0;
    int values = 0;
    wire_reader fields(bytes);
    while (const auto field = fields.next()) {
        switch (field->number) {
        case dtype:
            type = field->value;
            break;
        case tensor_content:
            out.number = content_value(type, field->bytes);
            ++values;
            break;
        case string_val:
            out.text = field->bytes;
            ++values;
            break;
        case float_val:
        case double_val:
        case half_val:
            out.number = listed_value(*field, type);
            ++values;
            break;
        default:
            break;
        }
    }
    return values == 1 ? out : tensor_value{};
}

// Which plug-in a value is for: SummaryMetadata.plugin_data.plugin_name, both field 1.
std::string_view plugin_of(std::string_view metadata_bytes) {
    std::string_view name;
    wire_reader outer(metadata_bytes);
    while (const auto data = outer.next()) {
        if (data->number == 1) {
            wire_reader inner(data->bytes);
            while (const auto field = inner.next()) {
                name = field->number == 1 ? field->bytes : name;
            }
        }
    }
    return name;
}

// Whether it gave something.
bool read_value(std::string_view bytes, std::int64_t at_step, event_sink& into) {
    std::string_view name;
    std::string_view plugin;
    tensor_value found;
    wire_reader fields(bytes);
    while (const auto field = fields.next()) {
        if (field->number == tag && field->type == wire_type::bytes) {
            name = field->bytes;
        } else if (field->number == simple_value && field->type == wire_type::fixed32) {
            found.number = wire_float(field->value);
        } else if (field->number == tensor && field->type == wire_type::bytes) {
            found = read_tensor(field->bytes);
        } else if (field->number == metadata && field->type == wire_type::bytes) {
            plugin = plugin_of(field->bytes);
        }
    }
    if (name.empty() || name.size() > longest_tag) {
        return false;
    }
    if (found.number && (plugin.empty() || plugin == "scalars")) {
        into.take_scalar(name, at_step, *found.number);
        return true;
    }
    if (found.text && found.text->size() <= longest_text && (plugin.empty() || plugin == "text")) {
        into.take_text(name, *found.text);
        return true;
    }
    return false;
}

/// Keeps what is in an event.
class event_values_sink final : public event_sink {
  public:
    void take_scalar(std::string_view name, std::int64_t at_step, double value) override {
        found.scalars.push_back({.tag = std::string(name), .step = at_step, .value = value});
    }
    void take_text(std::string_view name, std::string_view text) override {
        found.texts.push_back({.tag = std::string(name), .text = std::string(text)});
    }

    event_values found;
};

} // namespace

void read_event(std::string_view bytes, event_sink& into) {
    std::int64_t at_step = 0;
    std::string_view values;
    wire_reader fields(bytes);
    while (const auto field = fields.next()) {
        if (field->number == step && field->type == wire_type::varint) {
            at_step = static_cast<std::int64_t>(field->value);
        } else if (field->number == summary && field->type == wire_type::bytes) {
            values = field->bytes;
        }
    }
    std::size_t left = most_values;
    wire_reader items(values);
    while (const auto item = left > 0 ? items.next() : std::nullopt) {
        if (item->number == 1 && item->type == wire_type::bytes &&
            read_value(item->bytes, at_step, into)) {
            --left;
        }
    }
}

event_values read_event(std::string_view bytes) {
    event_values_sink sink;
    read_event(bytes, sink);
    return std::move(sink.found);
}

std::string file_version_event(double seconds) {
    std::string out;
    append_double_field(out, wall_time, seconds);
    append_bytes_field(out, file_version, "brain.Event:2");
    return out;
}

std::string scalar_event(double seconds, const scalar_point& point) {
    std::string value;
    append_bytes_field(value, tag, point.tag);
    append_float_field(value, simple_value, static_cast<float>(point.value));
    std::string values;
    append_bytes_field(values, 1, value);
    std::string out;
    append_double_field(out, wall_time, seconds);
    append_varint_field(out, step, static_cast<std::uint64_t>(point.step));
    append_bytes_field(out, summary, values);
    return out;
}

std::string summary_event(double seconds, std::string_view value) {
    std::string values;
    append_bytes_field(values, 1, value);
    std::string out;
    append_double_field(out, wall_time, seconds);
    append_bytes_field(out, summary, values);
    return out;
}

std::string text_event(double seconds, const text_point& point) {
    std::string plugin;
    append_bytes_field(plugin, 1, "text");
    std::string about;
    append_bytes_field(about, 1, plugin);
    std::string content;
    append_varint_field(content, dtype, dt_string);
    append_bytes_field(content, string_val, point.text);
    std::string value;
    append_bytes_field(value, tag, point.tag);
    append_bytes_field(value, metadata, about);
    append_bytes_field(value, tensor, content);
    return summary_event(seconds, value);
}

} // namespace outrider
