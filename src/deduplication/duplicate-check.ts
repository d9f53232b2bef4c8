import { system } from '../access/index.ts';
import { blockingKeys, type DuplicateCheck, isRenewing, type Likeness } from '../beneficiaries/index.ts';
import { compare, type Particulars, profileOf } from '../matching/index.ts';
import { type Db, type Ground, type KeyRing, newId } from '../platform/index.ts';
import { candidatesOf } from './candidates.ts';
import { compareDue } from './compare.ts';
import { programmesOf } from './due.ts';
import { Profiles } from './profiles.ts';
import { renewAll } from './renewing.ts';
import { registeredAs } from './same-person.ts';
import { settingOf } from './setting.ts';
import { blockedAmong } from './store.ts';

/** So many people are compared in one transaction. */
const BATCH = 1_000;

/** What enrolment asks of this room. */
export function duplicateCheck({ db, execute, keyRing }: Ground): DuplicateCheck {
  const profiles = new Profiles(keyRing);
  const comparing = compareDue(profiles);
  return {
    async compare(beneficiaryIds, within) {
      const blocked = new Set<string>();
      const held = new Set<string>();
      let pairs = 0;
      const places = within === undefined ? await programmesOf(db, beneficiaryIds) : [{ programmeId: within, ids: beneficiaryIds }];
      for (const { programmeId, ids } of places) {
        // They stay on the list of those who are still to be compared.
        if (await isRenewing(db, programmeId)) continue;
        for (let from = 0; from < ids.length; from += BATCH) {
          const found = await execute(comparing, { programmeId, beneficiaryIds: ids.slice(from, from + BATCH) }, { actor: system });
          for (const id of found.blocked) blocked.add(id);
          for (const id of found.held) held.add(id);
          pairs += found.pairs;
        }
      }
      return { blocked, held, pairs };
    },
    async ready(programmeId, closing) {
      await renewAll({ db, execute }, programmeId, closing);
    },
    blocked: blockedAmong,
    probe: (reader, programmeId, people) => probe(reader, keyRing, profiles, programmeId, people),
  };
}

async function probe(
  db: Db,
  keyRing: KeyRing,
  profiles: Profiles,
  programmeId: string,
  people: readonly Particulars[],
): Promise<(Likeness | undefined)[]> {
  const setting = await settingOf(db, keyRing, programmeId);
  const seekers = people.map((particulars) => {
    const profile = profileOf(particulars);
    return { id: newId(), profile, keys: blockingKeys(keyRing, programmeId, profile) };
  });
  const candidates = await candidatesOf(db, keyRing, programmeId, seekers);
  const known = await profiles.of(db, programmeId, [...new Set([...candidates.values()].flat())]);
  const likeliest = seekers.map(({ id, profile }) => {
    const scored = (candidates.get(id) ?? []).flatMap((other) => {
      const theirs = known.get(other);
      return theirs ? [{ id: other, probability: compare(profile, theirs, setting).probability }] : [];
    });
    return scored.reduce<(typeof scored)[number] | undefined>(
      (best, one) => (best && best.probability >= one.probability ? best : one),
      undefined,
    );
  });
  const registered = await registeredAs(
    db,
    likeliest.flatMap((one) => one?.id ?? []),
  );
  return likeliest.map((one) => {
    const who = one && registered.get(one.id);
    return who && { ...who, probability: one.probability };
  });
}
