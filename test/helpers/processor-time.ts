/**
 * How long something takes, whatever else the machine does: processor time. A clock would count waiting as
 * well.
 */

/** Milliseconds of processor time that this process has used so far. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
