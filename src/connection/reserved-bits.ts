/** What a frame's reserved bits may mean, from what the handshake agreed on (RFC 6455 §5.2, §9.1; RFC 7692 §6). */
import { PERMESSAGE_DEFLATE } from '../websocket/extensions.ts';
import type { ExtensionFacts } from './record.ts';

const NONE = 0;
const RSV1 = 4;
const ALL = 7;

/**
 * The bits that may be set. What an extension that wscap doesn't know does with them is not known either.
 *
 * @param extensions null where it isn't known what was agreed on
 */
export function knownReservedBitsOf(extensions: ExtensionFacts | null): number {
  if (!isAllKnown(extensions)) return ALL;
  return extensions.deflate === null ? NONE : RSV1;
}

/** The bits with which an extension that isn't known may say that it has changed a message. */
export function opaqueBitsOf(extensions: ExtensionFacts | null): number {
  return isAllKnown(extensions) ? NONE : ALL;
}

function isAllKnown(extensions: ExtensionFacts | null): extensions is ExtensionFacts {
  if (extensions === null) return false;
  const { names, deflate } = extensions;
  return names.every((name) => name === PERMESSAGE_DEFLATE) && (names.length === 0 || deflate !== null);
}
