/** Bits of a TCP header's flags (RFC 9293 §3.1), as they are written into packets. */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
