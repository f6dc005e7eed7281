const UNITS = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30 };

/**
 * @param {string} text such as `200MB`, `1GiB` or `5000000`
 * @returns {number} bytes
 */
export function parseSize(text) {
  const match = /^(\d+(?:\.\d+)?)\s*([KMG]I?B|B)?$/i.exec(text);
  if (match === null) throw new Error(`not a size: ${text} (try 200MB or 1GiB)`);
  return Math.round(Number(match[1]) * UNITS[(match[2] ?? 'B').toUpperCase()]);
}
