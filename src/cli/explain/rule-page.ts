/** A rule for a terminal: its facts, then its page. */
import { displayWidth } from '../../report/display-width.ts';
import { wrapText } from '../../report/fit-text.ts';
import type { Theme } from '../../report/terminal/theme.ts';
import type { RuleMeta } from '../../judgement/rule.ts';
import { parseMarkdown, type Block } from './markdown-blocks.ts';
import { inlineLines } from './markdown-inline.ts';
import { renderBlocks } from './render-markdown.ts';
import { ruleFacts, type RuleFacts } from './rule-facts.ts';

const INDENT = '  ';
const LABEL_CELLS = 11;

export function rulePageLines(rule: RuleMeta, page: string, theme: Theme, width: number): string[] {
  const blocks = parseMarkdown(page);
  return [
    `${theme.symbol(rule.severity)} ${theme.strong(rule.id)}`,
    ...wrapText(theme.safe(`${rule.title}.`), width - INDENT.length).map((line) => INDENT + line),
    '',
    ...factLines(ruleFacts(rule), severityOf(rule, blocks), theme, width),
    '',
    ...renderBlocks(withoutSummary(blocks), theme, width),
  ];
}

/** The page begins with its name and "**Title.** Severity: … Rests on …": the facts say the same. */
function withoutSummary(blocks: readonly Block[]): readonly Block[] {
  const start = blocks.findIndex((block) => block.kind === 'heading' && block.level === 2);
  return blocks.slice(Math.max(start, 0));
}

/** "error, warning or info, by what came before the close" where the page knows more than the gravest. */
function severityOf({ severity }: RuleMeta, blocks: readonly Block[]): string {
  const summary = blocks.find(({ kind }) => kind === 'paragraph') as { text: string } | undefined;
  const phrase = /Severity: (.+?)\.(?: |$)/.exec(summary?.text ?? '')?.[1];
  return phrase?.split(/\W/).includes(severity) === true ? phrase : severity;
}

function factLines(facts: RuleFacts, severity: string, theme: Theme, width: number): string[] {
  const { id, spec, requires, options } = facts;
  const needs = requires.map((each) => each.replaceAll('-', ' ')).join(', ');
  return [
    ...factLine('severity', [severity], theme, width),
    ...factLine('rests on', [spec], theme, width),
    ...(needs === '' ? [] : factLine('needs', [needs], theme, width)),
    ...factLine('options', options.length === 0 ? ['none'] : options.map(optionText), theme, width),
    ...factLine(
      'set it by',
      [`\`--rule ${id}=off\` (or info, warning, error), or a config file`],
      theme,
      width,
    ),
  ];
}

function optionText({ name, default: value, unit, description }: RuleFacts['options'][number]): string {
  const amount = { ms: `${value} ms`, percent: `${value} %`, count: String(value) }[unit];
  return `\`${name}\` (default ${amount}): ${description}`;
}

function factLine(label: string, values: readonly string[], theme: Theme, width: number): string[] {
  const room = width - INDENT.length - LABEL_CELLS;
  const lines = values.flatMap((value) => inlineLines(value, theme, room));
  return lines.map((line, i) => {
    const lead = i === 0 ? label : '';
    return INDENT + theme.faint(lead) + ' '.repeat(LABEL_CELLS - displayWidth(lead)) + line;
  });
}
