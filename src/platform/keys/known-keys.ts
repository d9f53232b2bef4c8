import type { Actor } from '../actor.ts';
import { command, type Execute } from '../command.ts';
import { ConfigError } from '../config.ts';
import type { Db } from '../database.ts';
import type { KeyRing } from '../key-ring.ts';
import type { Columns } from './sealed-columns.ts';
import { inWords, type Needs, neededBy, needsOf } from './status.ts';
import { deleteKnownKey, insertKnownKey, type KnownKey, knownKeys } from './store.ts';

const INDEX_KEY = 0;

/** Notes a key that the database is used with from now on. */
const adopt = command<{ version: number }, boolean>({
  name: 'keys.adopt',
  scope: () => ({}),
  async run({ tx, keyRing, now }, { version }) {
    const isNew = await insertKnownKey(tx, { version, check: checkOf(keyRing, version) }, now);
    return { result: isNew, subject: { type: 'key', id: nameOf(version) }, after: { version } };
  },
});

/** Forgets a version that nothing needs any more. */
const retire = command<{ version: number }, void>({
  name: 'keys.retire',
  scope: () => ({}),
  async run({ tx }, { version }) {
    await deleteKnownKey(tx, version);
    return { result: undefined, subject: { type: 'key', id: nameOf(version) }, before: { version } };
  },
});

const nameOf = (version: number): string => (version === INDEX_KEY ? 'index' : `master/${version}`);

/** By this a key is known again; the key cannot be worked out from it. */
const checkOf = (keyRing: KeyRing, version: number): Buffer =>
  version === INDEX_KEY ? keyRing.blindIndex('key-check', 'index') : keyRing.derive(version, 'key-check');

interface Starting {
  readonly db: Db;
  readonly execute: Execute;
  readonly keyRing: KeyRing;
  readonly actor: Actor;
  readonly now: Date;
}

/**
 * Compares the keys that a process was given with those that the database has been used with. As long as none is missing that costs one
 * small query; for one that is missing everything sealed is looked through, once, and the version is forgotten when nothing needs it.
 * @throws ConfigError when a key is another one, or one is missing that is needed
 */
export async function checkKeys({ db, execute, keyRing, actor, now }: Starting, columns: Columns): Promise<void> {
  const known = await knownKeys(db);
  const wrong = known.flatMap((key) => otherThanKnown(keyRing, key));
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
  const missing = known.map(({ version }) => version).filter((version) => version !== INDEX_KEY && !keyRing.has(version));
  // A database from before its keys were noted tells by what stands in it.
  const needs = missing.length > 0 || known.length === 0 ? await needsOf(db, columns, now) : [];
  const needed = [...new Set([...missing, ...needs.flatMap(({ uses }) => uses.map(({ version }) => version))])];
  const faults = needed.filter((version) => !keyRing.has(version)).flatMap((version) => stillNeeded(needs, version));
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  for (const version of missing) await execute(retire, { version }, { actor });
  const fresh = [INDEX_KEY, keyRing.currentVersion].filter((version) => !known.some((key) => key.version === version));
  for (const version of fresh) await execute(adopt, { version }, { actor });
}

function otherThanKnown(keyRing: KeyRing, { version, check }: KnownKey): string[] {
  if (version !== INDEX_KEY && !keyRing.has(version)) return [];
  if (checkOf(keyRing, version).equals(check)) return [];
  return version === INDEX_KEY
    ? ['SANAD_INDEX_KEY: is another key than the one that this database was made with, so nobody would be found; give that one']
    : [`SANAD_MASTER_KEYS: version ${version} is another key than the one that this database was sealed with; give that one`];
}

function stillNeeded(needs: readonly Needs[], version: number): string[] {
  const what = neededBy(needs, version);
  if (what.length === 0) return [];
  return [
    `SANAD_MASTER_KEYS: version ${version} is missing and still needed; add it again. What needs it:`,
    ...what.map((need) => `  ${inWords(need)}`),
  ];
}
