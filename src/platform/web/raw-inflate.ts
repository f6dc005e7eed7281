/** Raw inflate by pako: the DecompressionStream of browsers answers with a promise and keeps no context. */
import {
  zlibInflate,
  zlibInflateEnd,
  zlibInflateInit2,
  zlibInflateReset,
  zlibInflateSetDictionary,
  ZStream,
} from 'pako';
import { inflateWith } from '../pako-inflate.ts';
import type { OpenRawInflate } from '../raw-inflate.ts';

export const openRawInflate: OpenRawInflate = inflateWith({
  ZStream,
  zlibInflate,
  zlibInflateEnd,
  zlibInflateInit2,
  zlibInflateReset,
  zlibInflateSetDictionary,
});
