import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIPv6, PrintedAddresses } from '../../../src/capture/paste/printed-addresses.ts';

describe('printed addresses', () => {
  it('are bytes', () => {
    const addresses = new PrintedAddresses();
    expect(addresses.address('10.0.0.255')).toEqual([10, 0, 0, 255]);
    expect(addresses.address('::1')).toEqual([...new Array<number>(15).fill(0), 1]);
    expect(addresses.address('10.0.0.256')).toBeNull();
    expect(addresses.names).toEqual([]);
  });

  it('are stood in for where names are printed, and it is known by what', () => {
    const addresses = new PrintedAddresses();
    expect(addresses.address('chat.example')).toEqual([192, 0, 2, 1]);
    expect(addresses.address('localhost')).toEqual([192, 0, 2, 2]);
    expect(addresses.address('chat.example')).toEqual([192, 0, 2, 1]);
    expect(addresses.names).toEqual([
      { name: 'chat.example', address: '192.0.2.1' },
      { name: 'localhost', address: '192.0.2.2' },
    ]);
  });

  it('have a bound on the names', () => {
    const addresses = new PrintedAddresses();
    for (let count = 0; count < 1000; count++) addresses.address(`host-${count}`);
    expect(addresses.names).toHaveLength(250);
    expect(addresses.address('one-more')).toBeNull();
  });

  it('come with ports, by number or by name', () => {
    const addresses = new PrintedAddresses();
    expect(addresses.port('8080')).toBe(8080);
    expect(addresses.port('http-alt')).toBe(8080);
    expect(addresses.port('65536')).toBeNull();
    expect(addresses.services).toEqual([]);
    const unknown = addresses.port('some-service');
    expect(addresses.port('some-service')).toBe(unknown);
    expect(addresses.services).toEqual([{ name: 'some-service', port: unknown }]);
  });

  it('are IPv6 where Node says so, and nowhere else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{2,20}$/)), (text) => {
        const bytes = text.includes(':') ? parseIPv6(text) : null;
        expect(bytes !== null).toBe(isIPv6(text));
        if (bytes !== null) expect(bytes).toHaveLength(16);
      }),
    );
  });
});
