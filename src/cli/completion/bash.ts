/**
 * The completion script for bash (3.2 and later, so the bash of macOS too). It is static, because starting a
 * program at each Tab takes too long.
 */
import type { CommandWords } from './words.ts';

export function bashScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# bash completion for wscap: eval "$(wscap completion bash)", in ~/.bashrc
_wscap() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= words= i
  COMPREPLY=()
  # In "--format=json" bash takes "=" for a word.
  if [[ $previous == "=" ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  if [[ $word == "=" ]]; then word=; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case " ${names} " in *" \${COMP_WORDS[i]} "*) command=\${COMP_WORDS[i]}; break ;; esac
  done
  case "$command" in
${commands.map(commandCase).join('\n')}
    *)
      if [[ $word == -* ]]; then words="--help --version"
      else words="${names}"
      fi ;;
  esac
  if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$word")); fi
  # Captures are files.
  if [[ $word != -* && ( -z $command || -z $words ) ]]; then
    local IFS=$'\\n'
    COMPREPLY+=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _wscap wscap
`;
}

function commandCase({ name, options, operands }: CommandWords): string {
  const withValues = options.filter(({ values }) => values !== null);
  const cases = withValues.map(
    ({ names, values }) => `        ${names.join('|')}) words="${values!.join(' ')}" ;;`,
  );
  const all = options.flatMap(({ names }) => names).join(' ');
  return `    ${name})
      case "$previous" in
${cases.join('\n')}
        *)
          if [[ $word == -* ]]; then words="${all}"
          else words="${operands.join(' ')}"
          fi ;;
      esac ;;`;
}
