/** The completion script for zsh: as that of bash, with what each word means. */
import type { CommandWords, OptionWords } from './words.ts';

export function zshScript(commands: readonly CommandWords[]): string {
  return `#compdef wscap
# zsh completion for wscap: eval "$(wscap completion zsh)" in ~/.zshrc after compinit, or save it as _wscap in a directory of $fpath
_wscap() {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  _arguments -C '--help[show help]' '--version[show the version]' '1: :->command' '*:: :->rest' && return
  case $state in
    command)
      _describe -t commands command commands
      _files ;;
    rest)
      case $line[1] in
${commands.map(commandCase).join('\n')}
        *) _files ;;
      esac ;;
  esac
}
if [[ $funcstack[1] == _wscap ]]; then _wscap "$@"; else compdef _wscap wscap; fi
`;
}

function commandCase({ name, options, operands }: CommandWords): string {
  const operand = operands.length === 0 ? "'*:file:_files'" : quoted(`1:${name}:(${operands.join(' ')})`);
  const lines = [...options.flatMap(optionSpecs), operand].map((line) => `            ${line}`);
  return `        ${name})
          _arguments \\
${lines.join(' \\\n')} ;;`;
}

function optionSpecs({ names, description, values }: OptionWords): string[] {
  const text = description.replace(/[[\]\\:]/g, '\\$&');
  const value = values === null ? '' : `:value:${values.length === 0 ? '_files' : `(${values.join(' ')})`}`;
  // Options may be given again: -o a.md -o b.json
  return names.map((each) =>
    quoted(`*${each}${value === '' ? '' : each.startsWith('--') ? '=' : '+'}[${text}]${value}`),
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
