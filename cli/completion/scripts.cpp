#include "cli/completion/scripts.hpp"

#include "cli/arguments.hpp"

#include <filesystem>

namespace outrider::cli {
namespace {

// Bash splits words at '=' and ':' as well, and replaces only the part after them.
const char bash_script[] =
    R"script(# bash completion for {program}, made by '{program} completion --bash'
_{command}_words() {
    local rest=${COMP_LINE:0:COMP_POINT} words=() word i cut= line
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $i == 0 || $rest == [[:blank:]]* ]]; then
            rest=${rest#"${rest%%[![:blank:]]*}"}
            words+=('')
        fi
        [[ $i -lt $COMP_CWORD ]] || word=$rest
        words[${#words[@]}-1]+=$word
        rest=${rest#"$word"}
    done
    word=${words[${#words[@]}-1]}
    [[ $COMP_WORDBREAKS == *=* && $word == *[=:]* ]] && cut=${word%"${word##*[=:]}"}
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compopt -o default 2>/dev/null
            continue
        fi
        line=${line#"$cut"}
        [[ $line == *[[:blank:]]* ]] && printf -v line %q "$line"
        COMPREPLY+=("$line")
    done < <("${words[0]/#\~/$HOME}" complete bash "${words[@]:1}" 2>/dev/null)
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -F _{command}_words {program}
)script";

const char zsh_script[] = R"script(#compdef {program}
# zsh completion for {program}, made by '{program} completion --zsh'
_{program}() {
    local line files=0
    local -a whole open
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            files=1
        elif [[ ${line%%:*} == *= ]]; then
            open+=("$line")
        else
            whole+=("$line")
        fi
    done < <(${(Q)words[1]/#\~/$HOME} complete zsh "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    (( $#open )) && _describe -V flag open -S ''
    (( $#whole )) && _describe -V word whole
    (( files )) && { compset -P '*='; _files }
    return 0
}
if [[ $funcstack[1] == _{program} ]]; then
    _{program} "$@"
else
    compdef _{program} {program}
fi
)script";

const char fish_script[] =
    R"script(# fish completion for {program}, made by '{program} completion --fish'
function __{command}_words
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    for line in ($words[1] complete fish $words[2..-1] "$last" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (string replace -r '^.*=' '' -- "$last")
        else
            echo $line
        end
    end
end
complete -c {program} -e
complete -c {program} -f -a '(__{command}_words)'
)script";

// A name that every shell takes for a function.
std::string function_name(std::string program) {
    for (char& c : program) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
            c = '_';
        }
    }
    return program;
}

std::string zsh_escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += c == ':' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
    return out;
}

// Neither a line feed nor a tab would come through.
bool fits_in_line(const std::string& text) {
    return text.find_first_of("\n\t\r") == std::string::npos;
}

std::string value_of(const std::map<std::string, std::string>& environment, const char* name,
                     const std::string& otherwise) {
    const auto found = environment.find(name);
    return found == environment.end() || !found->second.starts_with('/') ? otherwise
                                                                         : found->second;
}

} // namespace

std::string completion_script(const std::string& shell, const std::string& program) {
    const char* script = shell == "zsh" ? zsh_script : shell == "fish" ? fish_script : bash_script;
    return with_names(script, program, function_name(program));
}

std::string offer_lines(const std::string& shell, const offer& offered) {
    std::string out;
    for (const auto& word : offered.words) {
        if (!fits_in_line(word.text) || word.text.empty() || word.text.front() == ':') {
            continue;
        }
        const bool about = !word.description.empty() && fits_in_line(word.description);
        if (shell == "zsh") {
            out += zsh_escaped(word.text) + (about ? ":" + word.description : "");
        } else if (shell == "fish") {
            out += word.text + (about ? "\t" + word.description : "");
        } else {
            out += word.text;
        }
        out += '\n';
    }
    return offered.files ? out + ":files\n" : out;
}

std::string shell_of_user(const std::map<std::string, std::string>& environment) {
    const auto name = std::filesystem::path(value_of(environment, "SHELL", "")).filename();
    return name == "zsh" || name == "fish" ? name.string() : "bash";
}

script_target target_of_script(const std::string& shell, const std::string& program,
                               const std::map<std::string, std::string>& environment) {
    const auto home = value_of(environment, "HOME", "");
    const auto data = value_of(environment, "XDG_DATA_HOME", home + "/.local/share");
    if (shell == "fish") {
        const auto config = value_of(environment, "XDG_CONFIG_HOME", home + "/.config");
        return {config + "/fish/completions/" + program + ".fish", ""};
    }
    if (shell == "zsh") {
        const auto directory = data + "/zsh/site-functions";
        return {directory + "/_" + program,
                "Put this into ~/.zshrc before compinit:\n  fpath+=(" + directory + ")\n"};
    }
    const auto file = data + "/bash-completion/completions/" + program;
    return {file, "Where bash-completion is not installed, put this into ~/.bashrc:\n  source " +
                      file + "\n"};
}

} // namespace outrider::cli
