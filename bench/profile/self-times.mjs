/**
 * Adds up a V8 CPU profile by function.
 * @param {object} profile the parsed content of a `.cpuprofile` file
 * @returns {{functions: {name: string, url: string, line: number, time: number}[], total: number}}
 *   times in microseconds, the largest first; lines from 1
 */
export function selfTimes({ nodes, samples, timeDeltas }) {
  const callFrames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map();
  let total = 0;
  for (const [i, sample] of samples.entries()) {
    const { functionName, url, lineNumber } = callFrames.get(sample);
    const key = `${functionName} ${url}:${lineNumber}`;
    const entry = functions.get(key) ?? { name: functionName, url, line: lineNumber + 1, time: 0 };
    entry.time += timeDeltas[i];
    functions.set(key, entry);
    total += timeDeltas[i];
  }
  return { functions: [...functions.values()].sort((a, b) => b.time - a.time), total };
}
