#include "cli/verbs/verb_options.hpp"
#include "cli/verbs/verbs.hpp"

namespace outrider::cli {
namespace {

const verb_help download_help = {
    .summary = "Download a file for operations to use.",
    .details = "The file goes to the cache of resources, where operations that require URL find\n"
               "it. Its SHA-256 and its path are printed. It is downloaded once.",
    .examples = "{program} download https://example.org/data.zip",
};

} // namespace

void add_download(CLI::App& parent, invocation& into) {
    auto* verb = add_verb(parent, "download", download_help, into);
    auto& made = command_of<download_command>(*verb, into);
    verb->add_option("URL", made.url, "Address of the file")->required()->option_text("URL");
}

} // namespace outrider::cli
