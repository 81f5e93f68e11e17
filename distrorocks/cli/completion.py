"""Completion of command lines by bash, zsh and fish: scripts from the verbs' argument parsers.

The scripts are whole: pressing Tab never starts distrorocks. They are written here rather than by
the library shtab because its version in Debian 12 knows no fish.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from distrorocks.cli.declared import DIRECTORIES, FILES, Argument, declared
from distrorocks.cli.verbs import SUMMARIES

_MOST_ABOUT = 70


def script(shell: str) -> str:
    """Return the completion script for a shell: "bash", "fish" or "zsh"."""
    verbs = {name: declared(name) for name in SUMMARIES}
    lines = {"bash": _bash, "fish": _fish, "zsh": _zsh}[shell](verbs)
    return "\n".join((*lines, ""))


def _bash(verbs: dict[str, list[Argument]]) -> Iterator[str]:
    """Yield the script for bash, which needs nothing of the package bash-completion."""
    yield _BASH_START.format(verbs=" ".join(verbs))
    yield '    case "$verb" in'
    for verb, arguments in verbs.items():
        options = " ".join(it for each in arguments for it in each.options)
        yield f"    {verb}) options='{options}'; operands='{_bash_operands(arguments)}' ;;"
    yield "    esac"
    yield '    case "$verb $option" in'
    for pattern, values in _bash_values(verbs).items():
        yield f"    {pattern}) values='{values}' ;;"
    yield "    esac"
    yield _BASH_END


def _bash_operands(arguments: Sequence[Argument]) -> str:
    """Return what bash completes operands of a verb to, in the notation of values."""
    operands = [each for each in arguments if not each.options]
    words = [word for each in operands for word in each.words]
    kinds = {each.kind for each in operands}
    kind = next((f"<{it}>" for it in (FILES, DIRECTORIES) if it in kinds), "")
    return " ".join(filter(None, (*words, kind)))


def _bash_values(verbs: dict[str, list[Argument]]) -> dict[str, str]:
    """Return the values of options by the patterns that they are found with.

    Words stand for themselves, and "<files>" and "<directories>" for paths.
    """
    rows: dict[str, list[str]] = {}
    for verb, arguments in verbs.items():
        for each in arguments:
            if each.value:
                values = " ".join(each.words) or f"<{each.kind}>"
                rows.setdefault(values, []).extend(f"'{verb} {it}'" for it in each.options)
    return {"|".join(names): values for values, names in sorted(rows.items()) if names}


_BASH_START = """\
# bash completion of distrorocks

_distrorocks() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous= option= verb= options= operands= values=
    local word at
    (( COMP_CWORD > 0 )) && previous=${{COMP_WORDS[COMP_CWORD-1]}}
    COMPREPLY=()
    for (( at = 1; at < COMP_CWORD; at++ )); do
        word=${{COMP_WORDS[at]//_/-}}
        case " {verbs} " in
        *" $word "*) verb=$word; break ;;
        esac
    done
    if [[ -z $verb ]]; then
        COMPREPLY=( $(compgen -W '{verbs} help --help --version' -- "$current") )
        return
    fi
    # "--mode=x" reaches us as three words, because "=" ends a word of bash.
    if [[ $current == '=' ]]; then
        option=$previous current=
    elif [[ $previous == '=' ]] && (( COMP_CWORD > 1 )); then
        option=${{COMP_WORDS[COMP_CWORD-2]}}
    elif [[ $previous == -* ]]; then
        option=$previous
    fi"""

_BASH_END = """\
    if [[ -z $values ]]; then
        if [[ $current == -* ]]; then
            COMPREPLY=( $(compgen -W "$options" -- "$current") )
            return
        fi
        values=$operands
    fi
    case $values in
    *'<files>'*) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    *'<directories>'*) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    *'<>'*) ;;
    *) COMPREPLY=( $(compgen -W "$values" -- "$current") ) ;;
    esac
    [[ $values != *'s>'* ]] || compopt -o filenames 2>/dev/null
}

complete -F _distrorocks distrorocks"""


def _zsh(verbs: dict[str, list[Argument]]) -> Iterator[str]:
    """Yield the script for zsh: a function that is found by its name in ``fpath``."""
    yield "#compdef distrorocks\n"
    yield "_distrorocks() {"
    yield "    local curcontext=$curcontext state line"
    yield "    local -a commands=("
    for verb in verbs:
        yield f"        '{verb}:{_zsh_text(SUMMARIES[verb])}'"
    yield "    )"
    yield "    _arguments -C '(- *)'{-h,--help}'[list the commands]' \\"
    yield "        '(- *)--version[print the version]' \\"
    yield "        '1:command:->command' '*::argument:->argument'"
    yield "    case $state in"
    yield "    command) _describe -t commands command commands ;;"
    yield "    argument)"
    yield "        case ${words[1]//_/-} in"
    for verb, arguments in verbs.items():
        specs = [spec for each in arguments for spec in _zsh_specs(each)]
        yield f"        {verb})"
        yield " \\\n".join(("            _arguments", *(f"                {it}" for it in specs)))
        yield "            ;;"
    yield "        esac ;;"
    yield "    esac"
    yield "}\n"
    # Loaded by its name in fpath it is run at once; a script that is sourced only names it.
    yield "if [[ ${funcstack[1]} == _distrorocks ]]; then"
    yield '    _distrorocks "$@"'
    yield "else"
    yield "    compdef _distrorocks distrorocks"
    yield "fi"


def _zsh_specs(argument: Argument) -> Iterator[str]:
    """Yield the specifications of an argument for ``_arguments``."""
    paths = {FILES: "_files", DIRECTORIES: "_files -/"}.get(argument.kind, " ")
    action = f"({' '.join(argument.words)})" if argument.words else paths
    value = f":{_zsh_text(argument.name)}:{action}" if argument.value else ""
    if not argument.options:
        yield f"'{'*' if argument.is_repeatable else ''}{value}'"
    for option in argument.options:
        sign = "" if not value else "=" if option.startswith("--") else "+"
        often = "*" if argument.is_repeatable else ""
        yield f"'{often}{option}{sign}[{_zsh_text(_brief(argument.about))}]{value}'"


def _zsh_text(text: str) -> str:
    """Return text as it stands inside a specification in single quotes."""
    for sign in "\\[]:":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("'", "'\\''")


def _fish(verbs: dict[str, list[Argument]]) -> Iterator[str]:
    """Yield the script for fish."""
    start = "complete -c distrorocks"
    yield "# fish completion of distrorocks\n"
    yield f"{start} -f"
    yield f"{start} -n __fish_use_subcommand -l version -d 'print the version'"
    yield f"{start} -n __fish_use_subcommand -s h -l help -d 'list the commands'"
    for verb in verbs:
        about = _fish_text(SUMMARIES[verb])
        yield f"{start} -n __fish_use_subcommand -a {verb} -d '{about}'"
    for verb, arguments in verbs.items():
        for each in arguments:
            words = _fish_words(each)
            if words or each.options:
                yield f"{start} -n '__fish_seen_subcommand_from {verb}'{words}"


def _fish_words(argument: Argument) -> str:
    """Return the words that declare an argument, "" where nothing is known of an operand."""
    names = "".join(
        f" -l {it[2:]}" if it.startswith("--") else f" -s {it[1:]}" for it in argument.options
    )
    values = ""
    if argument.words:
        values = f" -a '{' '.join(argument.words)}'"
    elif argument.kind:
        values = {FILES: " -F", DIRECTORIES: " -a '(__fish_complete_directories)'"}[argument.kind]
    if not argument.options:
        return values
    needs = " -r" if argument.value else ""
    return f"{names}{needs}{values} -d '{_fish_text(_brief(argument.about))}'"


def _fish_text(text: str) -> str:
    """Return text as it stands inside single quotes of fish."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _brief(about: str) -> str:
    """Return the start of an explanation that fits beside an option."""
    first = about.partition("; ")[0].partition(" (default")[0]
    return first if len(first) <= _MOST_ABOUT else f"{first[: _MOST_ABOUT - 3].rstrip()}..."
