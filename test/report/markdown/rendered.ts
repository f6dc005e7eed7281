/** Markdown as GitHub reads it: micromark with GFM, HTML passed on. */
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

export function render(markdown: string): string {
  return micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  });
}

/** Names of all elements, each once. */
export function elementsOf(html: string): string[] {
  return [...new Set([...html.matchAll(/<([a-z][\w-]*)/gi)].map((match) => match[1]!.toLowerCase()))].sort();
}

/** The text that a reader sees. */
export function textOf(html: string): string {
  return html
    .replace(/<!--.*?-->/gs, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

/** The diagrams of a report, without their fences. */
export function diagramsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```mermaid\n(.*?)\n```$/gms)].map((match) => match[1]!);
}
