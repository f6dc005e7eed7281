/** What events of a timeline that say no more than their kind are called, in every format. */
export const EVENT_NAMES = {
  syn: 'SYN',
  'syn-ack': 'SYN, ACK',
  fin: 'FIN',
  rst: 'RST',
  'tls-hello': 'TLS ClientHello',
  'tls-established': 'TLS established',
  'tls-alert': 'TLS alert',
  'close-notify': 'close_notify',
} as const;
