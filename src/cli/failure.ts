/** Turns whatever was thrown into the one line that stderr gets. */
import { CaptureError } from '../capture/capture-error.ts';
import { RuleFailure } from '../judgement/rule-failure.ts';
import { escapeText } from '../report/escape.ts';
import { ConfigError } from './config/config-error.ts';
import { UsageError } from './usage-error.ts';

/** Without a line feed, safe to print. */
export function failureLine(error: unknown): string {
  return `wscap: ${escapeText(failureText(error))}`;
}

/** A defect of wscap rather than of its input: worth a stack trace. */
export function isInternal(error: unknown): boolean {
  const isExpected = [CaptureError, UsageError, ConfigError].some((kind) => error instanceof kind);
  return !isExpected && systemClause(error) === null;
}

/** What is wrong with the capture, as a clause that follows its name. */
export function captureClause({ clause, offset }: CaptureError): string {
  // An error at byte 0 is about the whole file.
  return (offset ?? 0) === 0 ? clause : `${clause} (at byte ${offset!})`;
}

function failureText(error: unknown): string {
  if (error instanceof CaptureError) {
    return `${error.path === '-' ? 'standard input' : error.path}: ${captureClause(error)}`;
  }
  if (error instanceof UsageError) {
    const { message, instead } = error;
    // After a question there is no semicolon.
    return message.endsWith('?') ? `${message} Try "${instead}"` : `${message}; try "${instead}"`;
  }
  if (error instanceof ConfigError) return error.message;
  const clause = systemClause(error);
  if (clause !== null) return clause;
  return internalClause(error);
}

export function internalClause(error: unknown): string {
  return `internal error: ${messageOf(error)} (a defect of wscap: please report it; WSCAP_DEBUG=1 shows where)`;
}

function messageOf(error: unknown): string {
  // Its message is a sentence, and names the rule and the connection.
  if (error instanceof RuleFailure) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Where an error was thrown, and where the errors that it reports were: the last one shows the line of code. */
export function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}

const ERRNO_CLAUSES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'is a directory',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'part of the path is not a directory',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
};

/** "out.json: no space left on the device" for an error of the operating system with a path; otherwise null. */
export function systemClause(error: unknown, path?: string): string | null {
  if (!(error instanceof Error)) return null;
  const { code, path: itsPath } = error as NodeJS.ErrnoException;
  const subject = path ?? itsPath;
  if (code === undefined || subject === undefined) return null;
  return `${subject}: ${ERRNO_CLAUSES[code] ?? code}`;
}
