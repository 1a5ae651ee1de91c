#pragma once

#include "engine/core/result.hpp"

#include <boost/json/object.hpp>

#include <map>
#include <string>

namespace outrider {

/// What configuration files said when they were last read. To take one apart costs milliseconds
/// for a hundred remotes, and a service needs it for each command; to see that it still holds the
/// same text costs next to nothing. Owned by the engine, on whose thread alone it is used.
class config_memory {
  public:
    /// The sections of a file, with every `extends` resolved. Fails with `bad_input` and the line
    /// where the file does not make sense.
    [[nodiscard]] result<boost::json::object> read(const std::string& path);

  private:
    struct known {
        std::string text;
        boost::json::object sections;
    };
    std::map<std::string, known> files_; // by path; a few, and no more than `most_files`
};

} // namespace outrider
