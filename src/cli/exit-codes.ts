/** What the program's exit code says (docs: "Command line" in the README). */
export const EXIT_ANALYSED = 0;
/** Something at or above --fail-on was found. */
export const EXIT_FOUND = 1;
/** Wrong usage, unreadable input, or a defect of wscap itself. */
export const EXIT_FAILED = 2;
/** 128 + SIGINT and 128 + SIGTERM, as shells report them. */
export const EXIT_INTERRUPTED = 130;
export const EXIT_TERMINATED = 143;
