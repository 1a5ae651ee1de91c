#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What TensorBoard's table of hyperparameters is made of, as payloads of event records
/// (tensorboard/plugins/hparams: plugin_data.proto, api.proto), and images
/// (tensorflow/core/framework/summary.proto).
namespace outrider {

/// What all sessions of a table have: hyperparameters with the values that occur, and the tags of
/// the scalars that they are judged by.
struct hparams_experiment {
    std::map<std::string, std::vector<boost::json::value>> hparams;
    std::vector<std::string> metrics;
};
[[nodiscard]] std::string hparams_experiment_event(const hparams_experiment& experiment);

/// One run in the table.
struct hparams_session {
    std::string name;
    boost::json::object hparams;
    double started = 0; ///< seconds since the epoch
};
[[nodiscard]] std::string hparams_start_event(const hparams_session& session);

/// How a session ended.
enum class hparams_status : std::uint8_t {
    unknown = 0,
    success = 1,
    failure = 2,
    running = 3,
};
[[nodiscard]] std::string hparams_end_event(hparams_status status, double ended);

/// An event with one image: the bytes of its file.
[[nodiscard]] std::string image_event(const std::string& tag, std::string_view bytes);

/// Width and height of a PNG, JPEG or GIF file; zeros where they cannot be told.
struct image_size {
    std::uint32_t width = 0;
    std::uint32_t height = 0;

    friend bool operator==(const image_size&, const image_size&) = default;
};
[[nodiscard]] image_size image_size_of(std::string_view bytes);

} // namespace outrider
