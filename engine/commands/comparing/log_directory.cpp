#include "engine/commands/comparing/log_directory.hpp"

#include "engine/protocol/content_hash.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/scalars/event_message.hpp"
#include "engine/scalars/event_records.hpp"

#include <algorithm>
#include <cctype>

namespace outrider {
namespace {

constexpr std::size_t longest_log_name = 148; // bytes, as in Guild
constexpr std::size_t most_images = 100;      // of one run
constexpr std::size_t largest_image = std::size_t{10} << 20;
constexpr const char* hparams_file = "events.out.tfevents.0000000000.hparams";
constexpr const char* image_file = "events.out.tfevents.0000000000.image.";
constexpr const char* time_file = "events.out.tfevents.9999999999.time";

double seconds_of(std::int64_t microseconds) {
    return static_cast<double>(microseconds) / 1e6;
}

bool is_image(const std::string& name) {
    std::string extension = fs::path(name).extension().string();
    std::ranges::transform(extension, extension.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension == ".png" || extension == ".jpg" || extension == ".jpeg" ||
           extension == ".gif";
}

} // namespace

std::string log_name(const std::vector<std::string>& parts) {
    std::string joined;
    for (const auto& part : parts) {
        joined += (joined.empty() || part.empty() ? "" : " ") + part;
    }
    constexpr std::string_view ellipsis = "…";
    std::string out;
    for (std::size_t at = 0; at < joined.size(); ++at) {
        const auto byte = static_cast<unsigned char>(joined[at]);
        if (std::string_view(joined).substr(at).starts_with(ellipsis)) {
            out += '?';
            at += ellipsis.size() - 1;
        } else {
            out += joined[at] == '/' || joined[at] == '\\' || byte < 0x20 ? '_' : joined[at];
        }
    }
    if (out.size() > longest_log_name) {
        std::size_t end = longest_log_name; // of a whole character
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80U) {
            --end;
        }
        out.resize(end);
    }
    return out;
}

result<> log_directory::refresh(const std::vector<logged_run>& runs,
                                const hparams_experiment& experiment) {
    std::map<std::string, std::string> names;
    for (const auto& run : runs) {
        names.emplace(run.id, run.name);
    }
    // A run that was deleted, or has another label now.
    for (const auto& [id, name] : known_names_) {
        const auto now = names.find(id);
        if (now == names.end() || now->second != name) {
            std::error_code unseen; // what cannot be removed is shown once more
            fs::remove_all(root_ / name, unseen);
            images_.erase(id);
            std::erase_if(written_,
                          [&, gone = (root_ / name).native() + "/"](const fs::path& each) {
                              return each.native().starts_with(gone);
                          });
        }
    }
    known_names_ = std::move(names);
    for (const auto& run : runs) {
        if (auto refreshed = refresh_run(run, experiment); !refreshed) {
            return refreshed;
        }
    }
    return {};
}

result<> log_directory::refresh_run(const logged_run& run, const hparams_experiment& experiment) {
    const fs::path place = root_ / run.name;
    if (auto made = make_directories(place); !made) {
        return made;
    }
    std::set<std::string> with_events;
    for (const auto& file : made_files_in(run.directory)) {
        if (auto linked = link(file, place); !linked) {
            return linked;
        }
        if (is_event_file(file.name)) {
            with_events.insert(file.directory);
        } else if (style_.images && is_image(file.name) && images_[run.id] < most_images) {
            if (auto added = add_image(file, place, images_[run.id]); !added) {
                return added;
            }
        }
    }
    for (const auto& directory : with_events) {
        if (auto added = add_summaries(run, place / directory, experiment); !added) {
            return added;
        }
    }
    return {};
}

result<> log_directory::link(const file_of_run& file, const fs::path& below) {
    const fs::path path = below / file.path();
    std::error_code error;
    if (fs::is_symlink(path, error)) {
        return {};
    }
    if (auto made = make_directories(path.parent_path()); !made) {
        return made;
    }
    fs::create_symlink(file.place, path, error);
    if (error && error != std::errc::file_exists) {
        return failure(errc::internal, "cannot link " + path.string() + ": " + error.message());
    }
    return {};
}

// Named after the image, so that it is found to be there.
result<> log_directory::add_image(const file_of_run& file, const fs::path& below,
                                  std::size_t& count) {
    const fs::path path = below / ".images" / (image_file + protocol::hash_of(file.path()));
    if (written_.contains(path)) {
        return {};
    }
    const auto bytes = read_small_file(file.place, largest_image);
    if (!bytes) {
        return {}; // too large, or gone
    }
    ++count;
    if (auto made = make_directories(path.parent_path()); !made) {
        return made;
    }
    return write_once(path, {image_event(file.path(), *bytes)});
}

// Hyperparameters come first and the time last in the order of names, in which TensorBoard reads
// the files of a directory: it does not return to one before the last that it found. So the time
// is written when the run has ended.
result<> log_directory::add_summaries(const logged_run& run, const fs::path& place,
                                      const hparams_experiment& experiment) {
    const bool ended = run.started_us && run.stopped_us;
    const double started = run.started_us ? seconds_of(*run.started_us) : 0;
    const double stopped = run.stopped_us ? seconds_of(*run.stopped_us) : 0;
    if (style_.hparams) {
        const std::string name = run.id.substr(0, 8) + " " + run.operation;
        std::vector<std::string> events{
            hparams_experiment_event(experiment),
            hparams_start_event({.name = name, .hparams = run.hparams, .started = started}),
            hparams_end_event(run.status, stopped)};
        if (auto written = write_once(place / hparams_file, events); !written) {
            return written;
        }
    }
    if (style_.hparams && ended) {
        const scalar_point time{.tag = "time", .value = stopped - started};
        return write_once(place / time_file, {scalar_event(stopped, time)});
    }
    return {};
}

result<> log_directory::write_once(const fs::path& path, const std::vector<std::string>& events) {
    if (!written_.insert(path).second) {
        return {};
    }
    std::string bytes;
    append_event_record(bytes, file_version_event(0));
    for (const auto& event : events) {
        append_event_record(bytes, event);
    }
    return write_new_file(path, bytes);
}

} // namespace outrider
