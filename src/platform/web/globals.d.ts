/**
 * The few things of browsers that the core uses and that ECMAScript doesn't have. Node has them too, with its
 * own types, so only tsconfig.core.json reads this file.
 */

interface TextDecoder {
  decode(bytes?: Uint8Array, options?: { readonly stream?: boolean }): string;
}
declare const TextDecoder: new (
  encoding?: string,
  options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean },
) => TextDecoder;

interface TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare const TextEncoder: new () => TextEncoder;

interface AbortSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** They convert between base64 and characters that stand for bytes. */
declare function btoa(bytes: string): string;
declare function atob(text: string): string;
