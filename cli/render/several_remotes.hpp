#pragma once

#include "cli/render/gathered_text.hpp"
#include "cli/render/presenter.hpp"
#include "cli/render/renderer.hpp"

#include <iosfwd>
#include <map>
#include <memory>
#include <sstream>
#include <string>

namespace outrider::cli {

/// Text of a command that goes on on several remotes: what each tells is rendered as if it were the
/// only one, and then marked with its name. Lines of commands that go on are prefixed with `NAME: `
/// as they come; what is shown of one thing (a file, a list of files, facts) stands below a header
/// `==> NAME <==` in the end, with `--group` equal ones together. Events of no remote, and those
/// that name theirs, go to a plain renderer.
class several_remotes : public presenter {
  public:
    /// The streams and `asked` must live longer.
    several_remotes(const invocation& asked, const surroundings& place, std::ostream& out,
                    std::ostream& err);

    void show(const event& what, const std::string& remote) override;
    void make_way() override { plain_.make_way(); }
    void fail(const failure& why, bool told) override;
    void finish(int exit_code) override;

  private:
    /// What one remote tells, on its way to the person.
    struct remote_output {
        std::ostringstream out;
        std::ostringstream err;
        std::unique_ptr<renderer> text;
        std::string out_line; ///< the beginning of a line whose end has not come
        std::string err_line;
        gathered_text document;
    };
    remote_output& output_of(const std::string& remote);
    void pass_on(const std::string& remote, remote_output& from);
    void print_documents();
    void print_rest();

    const invocation& asked_;
    surroundings own_place_; ///< of those outputs: no terminal
    std::ostream& out_;
    std::ostream& err_;
    renderer plain_;
    bool documents_; ///< each remote has one thing to show
    std::map<std::string, remote_output> outputs_;
};

} // namespace outrider::cli
