/** The page's own code and style sheet, bundled by scripts/page-assets.mjs and inserted by the build. */
declare const __WSCAP_PAGE_SCRIPT__: string;
declare const __WSCAP_PAGE_STYLE__: string;

export const PAGE_SCRIPT: string = __WSCAP_PAGE_SCRIPT__;
export const PAGE_STYLE: string = __WSCAP_PAGE_STYLE__;
