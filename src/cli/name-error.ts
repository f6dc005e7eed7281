/** An error of the operating system names the file as the user called it: not by the absolute path that was opened. */

/** The error, naming `name`; one that is not of the operating system as it is. */
export function naming(name: string, error: unknown): unknown {
  return error instanceof Error && 'code' in error ? Object.assign(error, { path: name }) : error;
}

/** Does it, and has its errors name `name`. */
export function calledAs<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw naming(name, error);
  }
}
