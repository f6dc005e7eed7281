/** The last part of a path, by the rules of the system that this runs on. */
export { basename } from 'node:path';
