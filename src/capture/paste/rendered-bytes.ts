/** Whether a text is what a hex dump prints beside these bytes: ASCII, and dots for everything else (some print dots for spaces). */
export function rendersAs(bytes: readonly number[], text: string): boolean {
  const shown = text.trimEnd();
  // Spaces at the end may be lost.
  if (shown.length > bytes.length || shown === '') return false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const character = at < shown.length ? shown[at]! : ' ';
    const isPrintable = byte > 0x20 && byte < 0x7f;
    if (
      isPrintable
        ? character !== String.fromCharCode(byte)
        : character !== '.' && !(byte === 0x20 && character === ' ')
    )
      return false;
  }
  return true;
}
