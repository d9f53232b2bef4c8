import { execFileSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

/** The settings that hold key material. Each may also come from a file or from a command. */
export const keySettings = ['SANAD_MASTER_KEYS', 'SANAD_INDEX_KEY'] as const;
export type KeySetting = (typeof keySettings)[number];

/** How long a command may take to print a key, in milliseconds. */
const COMMAND_PATIENCE_MS = 30_000;
/** Far more than 255 master keys take. */
const LARGEST_BYTES = 64 * 1024;
/** Anybody outside the owner's group who may do anything with the file, and the group where it may write. */
const TOO_OPEN = 0o027;

/** A source that cannot be used; the message names the setting and never what the source held. */
export class KeySourceError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a key setting from the one place that it is given in: the environment (`NAME`), a file (`NAME_FILE`) or a command (`NAME_COMMAND`).
 * @param environment without empty values
 * @returns what stands there and the setting that names the place; undefined when none does
 * @throws KeySourceError when two places are given, or the one that is cannot be read
 */
export function readKeySetting(environment: Environment, name: KeySetting): { text: string; from: string } | undefined {
  const given = [name, `${name}_FILE`, `${name}_COMMAND`].filter((place) => environment[place] !== undefined);
  const [from, other] = given;
  if (!from) return undefined;
  if (other) throw new KeySourceError(`${other}: the same key is given by ${from} already; keep one of the two`);
  const value = environment[from] ?? '';
  if (from === name) return { text: value, from };
  const text = (from.endsWith('_FILE') ? readSecretFile(from, value) : printedBy(from, value)).trim();
  if (text === '') throw new KeySourceError(`${from}: nothing stands in it`);
  // In a file each key may have a line of its own.
  return { text: text.split(/[\s,]+/).join(','), from };
}

function readSecretFile(setting: string, path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new KeySourceError(`${setting}: the file cannot be read (${codeOf(error)})`);
  }
  try {
    const { mode, size } = fstatSync(file);
    if ((mode & 0o170000) !== 0o100000) throw new KeySourceError(`${setting}: is not a file`);
    if (mode & TOO_OPEN) {
      throw new KeySourceError(`${setting}: others may read or change the file; "chmod 600" it, and make the user of Sanad its owner`);
    }
    if (size > LARGEST_BYTES) throw new KeySourceError(`${setting}: the file is too large to hold keys`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Runs a program without a shell. What it prints is the key, so nothing of it is shown, neither output nor errors. */
function printedBy(setting: string, commandLine: string): string {
  const [program = '', ...words] = wordsOf(setting, commandLine);
  try {
    return execFileSync(program, words, {
      encoding: 'utf8',
      timeout: COMMAND_PATIENCE_MS,
      killSignal: 'SIGKILL',
      maxBuffer: LARGEST_BYTES,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    });
  } catch (error) {
    throw new KeySourceError(`${setting}: ${whatWentWrong(error)}; run it by hand to see why`);
  }
}

function wordsOf(setting: string, commandLine: string): string[] {
  if (!commandLine.trimStart().startsWith('[')) {
    if (/["'\\$`|<>;&]/.test(commandLine)) {
      throw new KeySourceError(
        `${setting}: no shell reads it, so quotes and "$" mean nothing; write it as a JSON list, ["program", "first word"]`,
      );
    }
    return commandLine.trim().split(/\s+/);
  }
  let list: unknown;
  try {
    list = JSON.parse(commandLine);
  } catch {
    list = undefined;
  }
  if (!Array.isArray(list) || list.length === 0 || !list.every((word) => typeof word === 'string')) {
    throw new KeySourceError(`${setting}: must be a JSON list of words, ["program", "first word"]`);
  }
  return list;
}

function whatWentWrong(error: unknown): string {
  const { status, signal } = error as { status?: number | null; signal?: string | null };
  switch (codeOf(error)) {
    case 'ETIMEDOUT':
      return `the command took longer than ${COMMAND_PATIENCE_MS / 1000} seconds`;
    case 'ENOBUFS':
      return 'the command prints too much to be keys';
    case 'ENOENT':
      return 'there is no such program';
    case 'EACCES':
      return 'the program may not be run';
    default:
      return signal ? `the command was ended by ${signal}` : `the command ended with status ${status ?? 'unknown'}`;
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error';
