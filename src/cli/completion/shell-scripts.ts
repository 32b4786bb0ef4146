/** Asks the program for each completion, so that a script never differs from the installed version. */
export const shellScripts = {
  // Line by line: an unquoted `$(...)` would expand the `*` of a name to files.
  bash: `_rollcall() {
  local each
  COMPREPLY=()
  while IFS= read -r each; do
    COMPREPLY+=("$each")
  done < <(rollcall completion bash -- "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -o default -F _rollcall rollcall`,
  // compadd quotes what it inserts, and so does fish.
  zsh: `#compdef rollcall
_rollcall() {
  local -a found
  found=(\${(f)"$(rollcall completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( $#found )); then compadd -- $found; else _files; fi
}
compdef _rollcall rollcall`,
  fish: `function __rollcall
  set -l found (rollcall completion fish -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c rollcall -f -a '(__rollcall)'`,
} as const;
