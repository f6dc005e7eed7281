/**
 * Makes errors of the operating system name the file as the user called it, not the absolute path that was
 * opened.
 */

/** The error, which now names `name`. An error that is not of the operating system stays as it is. */
export function naming(name: string, error: unknown): unknown {
  return error instanceof Error && 'code' in error ? Object.assign(error, { path: name }) : error;
}

/** Runs the action, and makes its errors name `name`. */
export function calledAs<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw naming(name, error);
  }
}
