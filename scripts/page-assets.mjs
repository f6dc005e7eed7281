// Bundles the code and the style sheet of the HTML report's page (src/report/html/client/) into two strings. The
// build and the tests insert them into the sources in place of two constants.
import { build } from 'esbuild';

/** @returns {Promise<Record<string, string>>} definitions for esbuild or Vite */
export async function pageAssets() {
  const [script, style] = await Promise.all([bundle('main.ts'), bundle('styles/index.css')]);
  // Such text would end the element that contains it.
  if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style))
    throw new Error('page assets hold an end tag');
  return { __WSCAP_PAGE_SCRIPT__: JSON.stringify(script), __WSCAP_PAGE_STYLE__: JSON.stringify(style) };
}

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [`src/report/html/client/${entry}`],
    bundle: true,
    minify: true,
    format: 'iife',
    // Browsers from spring 2024 on: the first versions that all support light-dark().
    target: ['chrome123', 'firefox121', 'safari17.5'],
    charset: 'ascii',
    legalComments: 'none',
    write: false,
    outdir: 'out',
    logLevel: 'warning',
  });
  return outputFiles[0].text.trim();
}
