import { system } from '../access/index.ts';
import { type DuplicateCheck, isRenewing } from '../beneficiaries/index.ts';
import type { Ground } from '../platform/index.ts';
import { compareDue } from './compare.ts';
import { programmesOf } from './due.ts';
import { Profiles } from './profiles.ts';
import { RehearsedPeople, rehearsalOf, rehearsedAtOnce } from './rehearsal.ts';
import { renewAll } from './renewing.ts';
import { basisOf } from './setting.ts';
import { blockedAmong } from './store.ts';

/** So many people are compared in one transaction. */
const BATCH = 1_000;

/** What enrolment asks of this room. */
export function duplicateCheck({ db, execute, keyRing, clock }: Ground): DuplicateCheck {
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
    rehearse: (programmeId) => rehearsalOf({ execute, keyRing }, profiles, programmeId),
    resembling: (tx, programmeId, people) => rehearsedAtOnce(tx, new RehearsedPeople(keyRing, profiles, programmeId), people, clock.now()),
    basis: basisOf,
  };
}
