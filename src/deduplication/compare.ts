import { enrolApplicants } from '../beneficiaries/index.ts';
import { type Command, type CommandContext, command } from '../platform/index.ts';
import { takeOffDue, undecidedPairs, withMerged } from './due.ts';
import { countNames, FEWEST_PEOPLE, hasGrown, lockCounting, tryCounting } from './name-frequencies.ts';
import type { Profiles } from './profiles.ts';
import { amongSurvivors, withRecords } from './same-person.ts';
import { scoredPairs } from './scoring.ts';
import { settingOf } from './setting.ts';
import { openPairs, standingPairs } from './store.ts';

export interface ToCompare {
  readonly programmeId: string;
  /** One or many, whose entry or change has been committed. */
  readonly beneficiaryIds: readonly string[];
}

/** What comparing found, as the runner can hand it on. */
export interface Found {
  readonly blocked: readonly string[];
  readonly held: readonly string[];
  readonly pairs: number;
}

/** How many people are looked at for each that came, before the names of a programme are counted again; above that the sweep does it. */
const WORTH_LOOKING = 100;

/**
 * Compares people with everybody in their programme who has been committed by now, opens pairs, and enrols the applicants among them whom
 * nothing keeps back. Each person is compared after their own entry was committed, so of two who come at once one at least sees the other.
 */
export const compareDue = (profiles: Profiles): Command<ToCompare, Found> =>
  command({
    name: 'deduplication.compare',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run(context, { programmeId, beneficiaryIds }) {
      const { tx, keyRing, now } = context;
      takeOffDue(tx, beneficiaryIds);
      const [setting, people, standing] = await Promise.all([
        settingFor(context, programmeId, beneficiaryIds.length),
        withMerged(tx, programmeId, beneficiaryIds),
        undecidedPairs(tx, beneficiaryIds),
      ]);
      const scoring = { programmeId, profiles, keyRing, setting };
      const scored = await scoredPairs(tx, scoring, profiles.opened(people), await withRecords(tx, standing));
      const found = await amongSurvivors(context, scored);
      // One after the other on the way, and waited for together.
      const [pairs, { blocked, held }] = await Promise.all([
        openPairs(tx, programmeId, found, setting.modelVersion, now),
        keptBack(context, beneficiaryIds, setting.holdThreshold),
      ]);
      enrolApplicants(
        tx,
        beneficiaryIds.filter((id) => !blocked.has(id)),
        now,
      );
      return {
        result: { blocked: [...blocked], held: [...held], pairs },
        subject: { type: 'beneficiaries_of_programme', id: programmeId },
        after: { people: beneficiaryIds.length, pairs },
      };
    },
  });

async function settingFor({ tx, keyRing, now }: CommandContext, programmeId: string, people: number) {
  const setting = await settingOf(tx, keyRing, programmeId);
  if (setting.population > people * WORTH_LOOKING || !(await hasGrown(tx, programmeId))) return setting;
  // To somebody who does not know how common names are, all are rare, and namesakes look like one person: nobody goes on without a count. In
  // a large programme an earlier count will do while somebody else counts anew.
  if (setting.population > FEWEST_PEOPLE) {
    if (!(await tryCounting(tx, programmeId))) return setting;
  } else await lockCounting(tx, programmeId);
  if (await hasGrown(tx, programmeId)) await countNames(tx, programmeId, now);
  return settingOf(tx, keyRing, programmeId);
}

/** Those of these people whom an undecided pair keeps from being enrolled, and those whom one with somebody before them keeps from being paid. */
async function keptBack({ tx }: CommandContext, beneficiaryIds: readonly string[], holdThreshold: string) {
  const asked = new Set(beneficiaryIds);
  const blocked = new Set<string>();
  const held = new Set<string>();
  for (const { firstId, secondId, holds, blocksFirst, blocksSecond } of await standingPairs(tx, beneficiaryIds, holdThreshold)) {
    if (blocksFirst && asked.has(firstId)) blocked.add(firstId);
    if (blocksSecond && asked.has(secondId)) blocked.add(secondId);
    if (holds && asked.has(secondId)) held.add(secondId);
  }
  return { blocked, held };
}
