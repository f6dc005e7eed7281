/** Strings that a hostile capture could hold, and what each format would make of them if they got through. */
export const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</code></pre></details><iframe src=//evil.example>',
  '`</details>`` ```\n```',
  '```\n# heading\n```mermaid\nclick A "javascript:alert(1)"',
  '![x](https://evil.example/p.png) [click](javascript:alert(1)) <https://evil.example>',
  'https://evil.example/a www.evil.example someone@evil.example',
  '@octocat #1 !2 ~bug %3 &4 $5 GH-6',
  '| a | b |\n| --- | --- |\n\\| \\\\| `|`',
  '$\\text{x}$ $$x$$ :tada: [^1]',
  '\u001b[31mred\u001b[0m \u0000 \u0007 \u009b1m',
  '\u202egnp.exe \u2066x\u2069 \u200b \ufeff',
  ']]> <!-- --> --> <?xml?> &amp; &#60; "\'',
  'end\n  Note over C: injected\n  C->>S: more; %% comment\n  link C: x @ https://evil.example',
  '%%{init: {"theme": "forest"}}%%',
  '#60;img src=x#62; #quot; #lt;',
  '::error title=x::y%0A::warning::z\r\n::notice::w',
  '\ud800 lone',
  '- item\n1. item\n> quote\n---\n=== ',
];

/** All of them at once. */
export const HOSTILE_ALL: string = HOSTILE.join(' ');
