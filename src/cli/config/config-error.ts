/** Something is wrong with a config file: the message names it, and the place in it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  /** @param file as the user would write it */
  constructor(file: string, message: string) {
    super(`${file}: ${message}`);
  }
}
