/** Durations for people: "0.657 ms", "1.4 ms", "250 ms", "59.99 s", "3 min 12 s", "2 h 5 min". */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`;
  if (milliseconds === 0) return '0 ms';
  // The limits stand where rounding would otherwise give 1000 ms or 60.00 s.
  if (milliseconds < 0.9995) return `${withoutZeros(milliseconds.toFixed(3))} ms`;
  if (milliseconds < 9.95) return `${withoutZeros(milliseconds.toFixed(1))} ms`;
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.995) return `${withoutZeros(seconds.toFixed(2))} s`;
  const wholeSeconds = Math.round(seconds);
  if (wholeSeconds < 3600) return twoUnits(wholeSeconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 48 * 60) return twoUnits(minutes, 60, 'h', 'min');
  return twoUnits(Math.round(seconds / 3600), 24, 'd', 'h');
}

function twoUnits(small: number, perLarge: number, large: string, unit: string): string {
  const rest = small % perLarge;
  const whole = `${Math.floor(small / perLarge)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${unit}`;
}

/** "0.100" says the same as "0.1"; below a microsecond "0.000" stays "0.001" so that it never reads as nothing. */
function withoutZeros(fixed: string): string {
  if (Number(fixed) === 0) return '0.001';
  return fixed.replace(/\.?0+$/, '');
}
