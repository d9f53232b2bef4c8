import { system } from '../access/index.ts';
import { blockingKeys, documentKey, keysOfPerson, type Rehearsal, type Rehearsed, type Resemblance } from '../beneficiaries/index.ts';
import { type Profile, profileOf } from '../matching/index.ts';
import {
  command,
  type Db,
  type Ground,
  type KeyRing,
  mayTakeAnHour,
  newDataKey,
  newId,
  openWith,
  Recent,
  sealWith,
  sql,
  type Tx,
} from '../platform/index.ts';
import { documentsOf } from './candidates.ts';
import { enoughMore, FEWEST_PEOPLE, frequenciesWith, peopleCounted } from './name-frequencies.ts';
import type { Profiles } from './profiles.ts';
import { beginRehearsal, deleteRehearsal, insertRehearsed, rehearsedPeople } from './rehearsal-store.ts';
import { wouldHold } from './rules.ts';
import { registeredAs } from './same-person.ts';
import { scoredPairs, type Unentered } from './scoring.ts';
import { type ProgrammeSetting, settingOf } from './setting.ts';

/** So many opened profiles of a rehearsal are kept at hand at least. */
const KEPT = 5_000;

interface Known {
  readonly rowNumber: number;
  readonly profile: Profile;
}

/**
 * People who are compared as those are who were entered, and never are. They stand in tables of their own, where a million of them take no
 * memory, sealed under a key that nobody else has.
 */
export class RehearsedPeople implements Unentered {
  readonly id = newId();
  readonly #programmeId: string;
  readonly #keyRing: KeyRing;
  readonly #profiles: Profiles;
  readonly #key = newDataKey();
  readonly #known = new Recent<string, Known>(KEPT);
  /** How many people there were at first, and of how many the names have been counted. */
  #people: { readonly atFirst: number; readonly counted: number } | undefined;
  #counted: Pick<ProgrammeSetting, 'population' | 'frequencies'> | undefined;

  constructor(keyRing: KeyRing, profiles: Profiles, programmeId: string) {
    this.#keyRing = keyRing;
    this.#profiles = profiles;
    this.#programmeId = programmeId;
  }

  /**
   * Adds people and compares them.
   * @param before how many have been added
   * @returns for each, in the order given, whom they are like enough for a person to decide, the likeliest first
   */
  async add(tx: Tx, people: readonly Rehearsed[], before: number, at: Date): Promise<readonly (readonly Resemblance[])[]> {
    if (people.length === 0) return [];
    const seekers = people.map(({ rowNumber, particulars: { phones = [], ...particulars } }) => {
      const profile = profileOf({ ...particulars, phones });
      const keys = blockingKeys(this.#keyRing, this.#programmeId, profile);
      return { id: newId(), rowNumber, profile, keys, search: keysOfPerson(this.#keyRing, this.#programmeId, profile, phones).search };
    });
    await beginRehearsal(tx, this.id, this.#programmeId, at);
    await insertRehearsed(
      tx,
      this.id,
      seekers.map(({ id, rowNumber, profile, keys, search }) => ({
        id,
        rowNumber,
        sealed: sealWith(this.#key, id, JSON.stringify(profile)),
        keys: [...new Set([...keys, ...documentsOf(profile).map((document) => documentKey(this.#keyRing, document))])],
        search,
      })),
    );
    await this.#count(tx, before + people.length);
    const setting = { ...(await settingOf(tx, this.#keyRing, this.#programmeId)), ...this.#counted };
    const scoring = { programmeId: this.#programmeId, profiles: this.#profiles, keyRing: this.#keyRing, setting, rehearsed: this };
    // The planner knows nothing of keys that came a moment ago, and would gather and sort a crowd each time.
    tx.defer(sql`set local enable_bitmapscan = off`);
    const pairs = await scoredPairs(tx, scoring, seekers, []);
    tx.defer(sql`set local enable_bitmapscan to default`);
    const inPairs = pairs.flatMap(({ firstId, secondId }) => [firstId, secondId]);
    const rows = new Map([...(await this.#open(tx, inPairs))].map(([id, { rowNumber }]) => [id, rowNumber]));
    const registered = await registeredAs(
      tx,
      inPairs.filter((id) => !rows.has(id)),
    );
    const found = new Map(people.map(({ rowNumber }): [number, Resemblance[]] => [rowNumber, []]));
    for (const pair of pairs) {
      const { firstId, secondId, probability } = pair;
      // Whoever is entered was there before every row.
      const [one = 0, other = 0] = [rows.get(firstId), rows.get(secondId)];
      const who = registered.get(one < other ? firstId : secondId);
      const likeness = who ? { ...who, probability } : { earlierRow: Math.min(one, other), probability };
      found.get(Math.max(one, other))?.push({ ...likeness, holds: wouldHold(pair, setting.holdThreshold) });
    }
    return [...found.values()].map((likely) => likely.sort((one, other) => other.probability - one.probability));
  }

  async of(db: Db, ids: readonly string[]): Promise<Map<string, Profile>> {
    return new Map([...(await this.#open(db, ids))].map(([id, { profile }]) => [id, profile]));
  }

  async #open(db: Db, ids: readonly string[]): Promise<Map<string, Known>> {
    const known = new Map(ids.flatMap((id) => [[id, this.#known.get(id)] as const]).filter((one): one is [string, Known] => !!one[1]));
    const others = [...new Set(ids)].filter((id) => !known.has(id));
    for (const { id, rowNumber, sealed } of await rehearsedPeople(db, this.id, others)) {
      const one = { rowNumber, profile: JSON.parse(openWith(this.#key, id, sealed)) as Profile };
      this.#known.set(id, one);
      known.set(id, one);
    }
    return known;
  }

  /** Counts the names anew where the run would: once there are so many more. @param added how many people there are beside those who are entered */
  async #count(db: Db, added: number): Promise<void> {
    if (!this.#people) {
      const { people, counted } = await peopleCounted(db, this.#programmeId);
      this.#people = { atFirst: people, counted };
    }
    const { atFirst, counted } = this.#people;
    const people = atFirst + added;
    if (people - counted < enoughMore(counted)) return;
    this.#people = { atFirst, counted: people };
    this.#counted = {
      population: Math.max(people, FEWEST_PEOPLE),
      frequencies: await frequenciesWith(db, this.#keyRing, this.#programmeId, this.id, people),
    };
  }
}

interface Step {
  readonly programmeId: string;
  readonly people: number;
}

const rehearseNext = (rehearsed: RehearsedPeople, people: readonly Rehearsed[], before: number) =>
  command<Step, readonly (readonly Resemblance[])[]>({
    name: 'deduplication.rehearse',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run({ tx, now }, { programmeId }) {
      const result = await rehearsed.add(tx, people, before, now);
      return { result, subject: { type: 'beneficiaries_of_programme', id: programmeId }, after: { people: people.length } };
    },
  });

/** Forgets the people of a rehearsal. */
export const endRehearsal = command<{ rehearsalId: string }, object>({
  name: 'deduplication.end_rehearsal',
  scope: () => ({}),
  async run({ tx }, { rehearsalId }) {
    mayTakeAnHour(tx);
    await deleteRehearsal(tx, rehearsalId);
    return { result: {}, subject: { type: 'rehearsal', id: rehearsalId } };
  },
});

/** A rehearsal each step of which is a command. */
export function rehearsalOf({ execute, keyRing }: Pick<Ground, 'execute' | 'keyRing'>, profiles: Profiles, programmeId: string): Rehearsal {
  const rehearsed = new RehearsedPeople(keyRing, profiles, programmeId);
  const asSystem = { actor: system };
  let added = 0;
  return {
    async add(people) {
      if (people.length === 0) return [];
      const found = await execute(rehearseNext(rehearsed, people, added), { programmeId, people: people.length }, asSystem);
      added += people.length;
      return found;
    },
    async end() {
      if (added > 0) await execute(endRehearsal, { rehearsalId: rehearsed.id }, asSystem);
    },
  };
}

/** A rehearsal of one step, in the middle of a command. */
export async function rehearsedAtOnce(
  tx: Tx,
  rehearsed: RehearsedPeople,
  people: readonly Rehearsed[],
  at: Date,
): Promise<readonly (readonly Resemblance[])[]> {
  const found = await rehearsed.add(tx, people, 0, at);
  await deleteRehearsal(tx, rehearsed.id);
  return found;
}
