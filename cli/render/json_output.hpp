#pragma once

#include "cli/render/presenter.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace outrider::cli {

/// The version of everything that `--json` prints. It grows when a member is removed or changes its
/// meaning; new members may come at any time. See cli/JSON.md.
inline constexpr int json_schema_version = 1;

/// Writes the events of one command as JSON: one document at its end, or for a command that goes on
/// (`run`, `watch`, `wait`, `pull`, `push`, `sync`) one object a line as they come. A failure is an
/// object with a member `error`. Nothing else goes to `out`; notes go to `err` as text.
class json_output : public presenter {
  public:
    /// The streams and `asked` must live longer.
    json_output(const invocation& asked, std::ostream& out, std::ostream& err);

    void show(const event& what, const std::string& remote) override;
    void fail(const failure& why, bool told) override;
    void make_way() override {}
    void finish(int exit_code) override;

  private:
    void print_line(boost::json::object line);
    /// Output that ends within a character, and the times of lines in it.
    struct held_output {
        std::string bytes;
        std::vector<std::int64_t> line_times_ms;
    };
    using stream = std::pair<std::string, std::string>; ///< remote and run

    void print_output(const stream& of, held_output& output, std::size_t held);
    void take_output(const output_bytes& output, const std::string& remote);
    void end_output(const stream& of);
    void add_to_document(const event& what, const std::string& remote);
    void add_failure(const remote_failed& failed);
    boost::json::object& document_of(const std::string& remote);

    const invocation& asked_;
    std::ostream& out_;
    std::ostream& err_;
    bool following_;
    std::map<stream, held_output> held_;
    boost::json::object document_;                          ///< of a command that does not follow
    std::map<std::string, boost::json::object> of_remotes_; ///< where there are several
    boost::json::array runs_;                               ///< the document of `runs list`
};

/// `{"code", "message", "remote"}` of a failure.
[[nodiscard]] boost::json::object json_error(const failure& why, const invocation& asked);

/// The document of a command line that is wrong.
[[nodiscard]] std::string json_usage_error(const std::string& message);

} // namespace outrider::cli
