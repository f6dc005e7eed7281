/**
 * Checks what a config file holds, key by key, and turns it into settings. Throws the first thing that is
 * wrong.
 */
import { FORMATS, LEVELS } from '../choices.ts';
import { closestTo } from '../did-you-mean.ts';
import { HIGHEST_PORT, isPort } from '../option-values.ts';
import { checkRules } from './check-rules.ts';
import type { Config } from './config.ts';
import { describeValue, meant, type Place } from './place.ts';

type Check = (value: unknown, place: Place) => Config;
type Key = '$schema' | 'window' | 'ports' | 'keylog' | 'failOn' | 'format' | 'rules';

const CHECKS: Readonly<Record<Key, Check>> = {
  // For editors; what it says is not looked at.
  $schema: () => ({}),
  window: (value, place) => ({ windowMs: place.number(value, { isWhole: false, example: '100' }) }),
  ports: (value, place) => ({ ports: checkPorts(value, place) }),
  keylog: (value, place) => ({ keylogs: checkKeyLogs(value, place) }),
  failOn: (value, place) => ({ failOn: place.oneOf(value, LEVELS) }),
  format: (value, place) => ({ format: place.oneOf(value, FORMATS) }),
  rules: (value, place) => ({ rules: checkRules(value, place) }),
};

export const CONFIG_KEYS: readonly Key[] = Object.keys(CHECKS) as Key[];

export function checkConfig(value: unknown, place: Place): Config {
  const entries = place.object(
    value,
    CONFIG_KEYS,
    (key) => `unknown key${meant(closestTo(key, CONFIG_KEYS))} There are ${CONFIG_KEYS.slice(1).join(', ')}`,
  );
  let config: Config = {};
  for (const [key, content] of entries) {
    config = { ...config, ...CHECKS[key as Key](content, place.at(key)) };
  }
  return config;
}

function checkKeyLogs(value: unknown, place: Place): string[] {
  const isList = Array.isArray(value);
  const names: unknown[] = isList ? value : [value];
  return names.map((name, index) => {
    if (typeof name === 'string' && name !== '') return name;
    const where = isList ? place.at(index) : place;
    throw where.error(
      `must be the name of a file, as in "keys.log", or a list of names, not ${describeValue(name)}`,
    );
  });
}

function checkPorts(value: unknown, place: Place): number[] {
  if (!Array.isArray(value)) throw place.error(`must be a list, as in [8080], not ${describeValue(value)}`);
  return value.map((port: unknown, index) => {
    if (isPort(port)) return port;
    throw place
      .at(index)
      .error(`${describeValue(port)} is not a port; give a whole number from 1 to ${HIGHEST_PORT}`);
  });
}
