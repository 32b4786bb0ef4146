/** Asks the program for each completion, so that a script never differs from the installed version. */
export const shellScripts = {
  bash: `_rollcall() {
  local IFS=$'\\n'
  COMPREPLY=($(rollcall completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _rollcall rollcall`,
  zsh: `#compdef rollcall
_rollcall() {
  local -a found
  found=(\${(f)"$(rollcall completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -- $found; else _files; fi
}
compdef _rollcall rollcall`,
  fish: `function __rollcall
  rollcall completion words -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null
end
complete -c rollcall -a '(__rollcall)'`,
} as const;
