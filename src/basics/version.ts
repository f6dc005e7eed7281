/** The program's version, written in by the build. */
declare const __WSCAP_VERSION__: string | undefined;

/** Sources that run unbuilt (tests) are not a released version. */
export const VERSION: string = typeof __WSCAP_VERSION__ === 'string' ? __WSCAP_VERSION__ : '0.0.0-dev';
