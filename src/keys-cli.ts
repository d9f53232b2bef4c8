import { randomBytes } from 'node:crypto';
import { system } from './access/index.ts';
import { type App, createApp } from './app.ts';
import {
  type Clock,
  type Config,
  createLogger,
  followers,
  inWords,
  type Needs,
  neededBy,
  needsOf,
  type Progress,
  rotateKeys,
} from './platform/index.ts';
import { columns } from './sealed-columns.ts';
import { admitKeys, openDatabase } from './server.ts';

export const keysUsage = `  keys new      print a new key, for SANAD_MASTER_KEYS (as VERSION:KEY) or for SANAD_INDEX_KEY
  keys status   say what stands under which version of the master key, and which versions can be removed
  keys rotate   seal everything anew under the current version, while the platform works; may be broken off and run again
`;

/** Where the command writes: results to the one, progress to the other. */
export interface Output {
  print(text: string): void;
  say(line: string): void;
}

/** `sanad keys new|status|rotate`. @returns the exit status; undefined when there is no such subcommand */
export async function keysCommand(name: string | undefined, config: () => Config, clock: Clock, out: Output): Promise<number | undefined> {
  if (name === 'new') {
    out.print(`${randomBytes(32).toString('base64')}\n`);
    return 0;
  }
  if (name !== 'status' && name !== 'rotate') return undefined;
  const settings = config();
  const { address, embedded } = await openDatabase(settings);
  const app = createApp({ config: settings, address, clock, logger: createLogger('warn') });
  try {
    return name === 'status' ? await status(app, clock, out) : await rotate(app, clock, out);
  } finally {
    await app.close();
    await embedded?.stop();
  }
}

/** Prints who needs which versions. @returns 1 when a version is needed that this process was not given */
export async function status({ database, keyRing }: Pick<App, 'database' | 'keyRing'>, clock: Clock, out: Output): Promise<number> {
  const { versions, currentVersion } = keyRing;
  const needs = await needsOf(database.reader, columns, clock.now());
  out.print(
    `Master keys given: ${versions.map((version) => (version === currentVersion ? `${version} (current)` : version)).join(', ')}\n\n`,
  );
  for (const { name, uses } of needs) out.print(`${name}: ${rowsByVersion(uses)}\n`);
  out.print(`With the keys of the above: ${followers(columns).join(', ')}\n\n`);
  const all = new Set([...versions, ...needs.flatMap(({ uses }) => uses.map(({ version }) => version))]);
  for (const version of [...all].sort((a, b) => a - b)) out.print(`${verdict(needs, version, currentVersion, versions)}\n`);
  return [...all].every((version) => keyRing.has(version)) ? 0 : 1;
}

const rowsByVersion = (uses: Needs['uses']): string =>
  uses.length === 0 ? 'none' : uses.map(({ version, rows }) => `${rows} under version ${version}`).join(', ');

function verdict(needs: readonly Needs[], version: number, current: number, given: readonly number[]): string {
  if (version === current) return `Version ${version} is current: it stays.`;
  const what = neededBy(needs, version);
  if (what.length === 0) return `Version ${version} can be removed once every process seals under version ${current}: nothing needs it.`;
  const missing = given.includes(version) ? '' : ' It is MISSING here: nothing under it can be opened.';
  return [`Version ${version} is still needed.${missing}`, ...what.map((need) => `  ${inWords(need)}`)].join('\n');
}

/** Seals everything anew and says what came of it. @returns 1 when something could not be opened */
export async function rotate(app: App, clock: Clock, out: Output): Promise<number> {
  await admitKeys(app, clock);
  const { database, execute, keyRing } = app;
  const told = ({ column, resealed }: Progress) => out.say(`${column}: ${resealed} sealed anew`);
  const made = await rotateKeys({ db: database.reader, execute, keyRing, actor: system }, columns, told);
  for (const { column, unopened } of made.filter(({ unopened: left }) => left.length > 0)) {
    out.print(`${column}: ${unopened.length} could not be opened and were left as they are: ${unopened.slice(0, 5).join(', ')}\n`);
  }
  const resealed = made.reduce((sum, column) => sum + column.resealed, 0);
  out.print(`${resealed} values sealed anew under version ${keyRing.currentVersion}.\n`);
  return made.some(({ unopened }) => unopened.length > 0) ? 1 : 0;
}
