/** The config file of this run, found or named, read and checked. */
import { isAbsolute, relative, resolve } from 'node:path';
import { escapeText } from '../../report/escape.ts';
import { checkConfig } from './check-config.ts';
import type { Config } from './config.ts';
import { CONFIG_NAME, discoverConfig } from './discover.ts';
import { Place } from './place.ts';
import { readConfig } from './read.ts';

/** @param named with `--config`; undefined: the one that is found; null: none */
export async function loadConfig(named: string | null | undefined): Promise<Config> {
  if (named === null) return {};
  const file = named === undefined ? findConfig() : resolve(named);
  if (file === null) return {};
  const name = named ?? shortName(file);
  const { value, at } = await readConfig(file, name);
  return checkConfig(value, new Place(name, at));
}

function findConfig(): string | null {
  const { file, passedOver } = discoverConfig(process.cwd());
  if (passedOver !== null) {
    const name = escapeText(shortName(passedOver));
    process.stderr.write(
      `wscap: ${name} was not read: of its own accord wscap reads ${CONFIG_NAME}, never code (--config FILE reads it, --no-config silences this)\n`,
    );
  }
  return file;
}

/** As seen from here, where that is shorter. */
function shortName(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return isAbsolute(fromHere) || fromHere.length > file.length ? file : fromHere;
}
