// Each script finds out which command stands on the line, word by word, and offers what this takes.
#include "app/completion.hpp"

#include <vector>

#include "app/command_tree.hpp"

namespace outlay::app {

namespace {

// What completes a value: names of files, of folders, or nothing.
enum class Completes { nothing, files, folders };

Completes completes(const CommandFlag& flag) {
    if (flag.form == "FILE") return Completes::files;
    if (flag.form == "DIR") return Completes::folders;
    return Completes::nothing;
}

// The words that lead to a command, with a blank before each; how the scripts keep their place.
std::string place_of(const CLI::App& command) {
    const auto path = path_of(command);
    return path.empty() ? "" : " " + path;
}

bool takes_a_file(const CLI::App& command) {
    for (const auto& flag : flags_of(command))
        if (flag.is_argument && completes(flag) == Completes::files) return true;
    return false;
}

// Within single quotes of a shell.
std::string quoted(const std::string& text) {
    std::string found = "'";
    for (const char letter : text) {
        if (letter == '\'')
            found += "'\\''";
        else
            found += letter;
    }
    return found + "'";
}

// `case` lines of bash and zsh: every way from a place to one below it.
std::string ways(const CLI::App& root) {
    std::string patterns;
    for (const auto* const command : all_commands(root))
        if (command != &root)
            patterns += (patterns.empty() ? "" : "|") + quoted(place_of(*command));
    return patterns;
}

// Flags whose value is a file or a folder, as patterns "place flag".
std::string value_patterns(const CLI::App& root, Completes kind) {
    std::string patterns;
    for (const auto* const command : all_commands(root))
        for (const auto& flag : flags_of(*command))
            if (!flag.is_argument && completes(flag) == kind)
                for (const auto& name : flag.names)
                    patterns +=
                        (patterns.empty() ? "" : "|") + quoted(place_of(*command) + " " + name);
    return patterns;
}

// Flags that take a value which nothing completes.
std::string silent_patterns(const CLI::App& root) {
    std::string patterns;
    for (const auto* const command : all_commands(root))
        for (const auto& flag : flags_of(*command))
            if (!flag.is_argument && !flag.form.empty() && completes(flag) == Completes::nothing)
                for (const auto& name : flag.names)
                    patterns +=
                        (patterns.empty() ? "" : "|") + quoted(place_of(*command) + " " + name);
    return patterns;
}

std::string words_of(const CLI::App& command) {
    std::string words;
    for (const auto* const below : commands_below(command))
        words += (words.empty() ? "" : " ") + below->get_name();
    for (const auto& flag : flags_of(command))
        if (!flag.is_argument)
            for (const auto& name : flag.names) words += (words.empty() ? "" : " ") + name;
    return words;
}

}  // namespace

std::string completion_for_bash(const CLI::App& root) {
    std::string text =
        "# bash completion of outlay: source <(outlay completion bash)\n"
        "_outlay() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} at= word "
        "words=\n"
        "    if [[ $cur == = ]]; then cur=\n"
        "    elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}\n"
        "    fi\n"
        "    COMPREPLY=()\n"
        "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
        "        case \"$at $word\" in\n"
        "            " +
        ways(root) +
        ") at=\"$at $word\" ;;\n"
        "        esac\n"
        "    done\n"
        "    case \"$at $before\" in\n"
        "        " +
        value_patterns(root, Completes::files) +
        ") compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); "
        "return ;;\n"
        "        " +
        value_patterns(root, Completes::folders) +
        ") compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); "
        "return ;;\n"
        "        " +
        silent_patterns(root) +
        ") return ;;\n"
        "    esac\n"
        "    case \"$at\" in\n";
    for (const auto* const command : all_commands(root))
        text += "        " + quoted(place_of(*command)) + ") words=" + quoted(words_of(*command)) +
                (takes_a_file(*command) ? "; [[ $cur == -* ]] || { compopt -o filenames "
                                          "2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "
                                          "\"$cur\"); return; }"
                                        : "") +
                " ;;\n";
    return text +
           "    esac\n"
           "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
           "}\n"
           "complete -F _outlay outlay\n";
}

std::string completion_for_zsh(const CLI::App& root) {
    std::string text =
        "#compdef outlay\n"
        "# zsh completion of outlay: outlay completion zsh > \"${fpath[1]}/_outlay\"\n"
        "_outlay() {\n"
        "    local at= word\n"
        "    local -a found\n"
        "    for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
        "        case \"$at $word\" in\n"
        "            " +
        ways(root) +
        ") at=\"$at $word\" ;;\n"
        "        esac\n"
        "    done\n"
        "    case \"$at ${words[CURRENT-1]}\" in\n"
        "        " +
        value_patterns(root, Completes::files) + ") _files; return ;;\n        " +
        value_patterns(root, Completes::folders) + ") _files -/; return ;;\n        " +
        silent_patterns(root) +
        ") _message value; return ;;\n"
        "    esac\n"
        "    case \"$at\" in\n";
    for (const auto* const command : all_commands(root)) {
        text += "        " + quoted(place_of(*command)) + ") found=(";
        for (const auto* const below : commands_below(*command))
            text += "\n            " + quoted(below->get_name() + ":" + below->get_description());
        for (const auto& flag : flags_of(*command))
            if (!flag.is_argument)
                for (const auto& name : flag.names)
                    text += "\n            " + quoted(name + ":" + flag.what);
        text += ")" + std::string(takes_a_file(*command) ? "; _files" : "") + " ;;\n";
    }
    return text +
           "    esac\n"
           "    _describe -o outlay found\n"
           "}\n"
           "if [[ $funcstack[1] == _outlay ]]; then _outlay \"$@\"; else compdef _outlay outlay; "
           "fi\n";
}

std::string completion_for_fish(const CLI::App& root) {
    std::string text =
        "# fish completion of outlay: outlay completion fish | source\n"
        "function __outlay_is_at\n"
        "    set -l at ''\n"
        "    for word in (commandline -opc)[2..-1]\n"
        "        if contains -- \"$at $word\"";
    for (const auto* const command : all_commands(root))
        if (command != &root) text += " " + quoted(place_of(*command));
    text +=
        "\n"
        "            set at \"$at $word\"\n"
        "        end\n"
        "    end\n"
        "    test \"$at\" = \"$argv[1]\"\n"
        "end\n"
        "complete -c outlay -f\n";
    for (const auto* const command : all_commands(root)) {
        const auto here =
            "complete -c outlay -n " + quoted("__outlay_is_at \"" + place_of(*command) + "\"");
        for (const auto* const below : commands_below(*command))
            text += here + " -a " + below->get_name() + " -d " + quoted(below->get_description()) +
                    "\n";
        for (const auto& flag : flags_of(*command)) {
            const auto kind = completes(flag);
            if (flag.is_argument) {
                if (kind == Completes::files) text += here + " -F\n";
                continue;
            }
            text += here;
            for (const auto& name : flag.names)
                text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            if (kind == Completes::files) text += " -r -F";
            if (kind == Completes::folders) text += " -x -a '(__fish_complete_directories)'";
            if (!flag.form.empty() && kind == Completes::nothing) text += " -x";
            text += " -d " + quoted(flag.what) + "\n";
        }
    }
    return text;
}

}  // namespace outlay::app
