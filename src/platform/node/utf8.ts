/** Whether bytes are UTF-8, by Node's native check. HOT: its callers run once a frame. */
export { isUtf8 } from 'node:buffer';
