/** Whether a text is an IP address, by Node's check. */
export { isIPv4, isIPv6 } from 'node:net';
