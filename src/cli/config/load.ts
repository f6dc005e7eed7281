/** The config file of this run, found or named, read and checked. */
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { escapeText } from '../../report/escape.ts';
import { checkConfig } from './check-config.ts';
import type { LoadedConfig } from './config.ts';
import { CONFIG_NAME, discoverConfig } from './discover.ts';
import type { Io } from '../io.ts';
import { Place } from './place.ts';
import { readConfig } from './read.ts';

const NO_CONFIG: LoadedConfig = { keyFiles: [] };

/** @param named with `--config`; undefined: the one that is found; null: none */
export async function loadConfig(named: string | null | undefined, io: Io): Promise<LoadedConfig> {
  if (named === null) return NO_CONFIG;
  const file = named === undefined ? findConfig(io) : resolve(io.cwd, named);
  if (file === null) return NO_CONFIG;
  const name = named ?? shortName(file, io.cwd);
  const { value, at } = await readConfig(file, name);
  const config = checkConfig(value, new Place(name, at));
  const keyFiles = (config.keylogs ?? []).map((keylog) => {
    const path = resolve(dirname(file), keylog);
    return { path, name: shortName(path, io.cwd), isForThisCapture: false };
  });
  return { ...config, keyFiles };
}

function findConfig({ cwd, stderr }: Io): string | null {
  const { file, passedOver } = discoverConfig(cwd);
  if (passedOver !== null) {
    const name = escapeText(shortName(passedOver, cwd));
    stderr.write(
      `wscap: ${name} was not read: wscap reads only ${CONFIG_NAME} by itself, never code (--config FILE reads it, --no-config silences this)\n`,
    );
  }
  return file;
}

/** The path from the working directory, where that is shorter. */
function shortName(file: string, cwd: string): string {
  const fromHere = relative(cwd, file);
  return isAbsolute(fromHere) || fromHere.length > file.length ? file : fromHere;
}
