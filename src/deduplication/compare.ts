import { enrolApplicants } from '../beneficiaries/index.ts';
import { type Command, type CommandContext, command } from '../platform/index.ts';
import { survivors, takeOffDue, withMerged } from './due.ts';
import { countNames, hasGrown } from './name-frequencies.ts';
import type { Profiles } from './profiles.ts';
import { inOrder } from './rules.ts';
import { pairKey, scoredPairs } from './scoring.ts';
import { settingOf } from './setting.ts';
import { openPairs, standingPairs, toldApart } from './store.ts';
import type { ScoredPair } from './types.ts';

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
      const setting = await settingFor(context, programmeId, beneficiaryIds.length);
      const people = await withMerged(tx, beneficiaryIds);
      const standing = await standingPairs(
        tx,
        people.map(({ id }) => id),
        setting.holdThreshold,
      );
      const scored = await scoredPairs(
        tx,
        { programmeId, profiles, keyRing, setting },
        people,
        standing.map(({ firstId, secondId }) => [firstId, secondId]),
      );
      const pairs = await openPairs(tx, programmeId, await amongSurvivors(context, scored), setting.modelVersion, now);
      const { blocked, held } = await keptBack(context, beneficiaryIds, setting.holdThreshold);
      await enrolApplicants(
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
  await countNames(tx, programmeId, now);
  return settingOf(tx, keyRing, programmeId);
}

/**
 * Pairs of those who go on: a record that was merged stands for its survivor, except towards those whom it was told apart from. Where
 * several records of one person make the same pair, the likeliest counts.
 */
async function amongSurvivors({ tx }: CommandContext, scored: readonly ScoredPair[]): Promise<ScoredPair[]> {
  if (scored.length === 0) return [];
  const survivorOf = await survivors(tx, [...new Set(scored.flatMap(({ firstId, secondId }) => [firstId, secondId]))]);
  const ofMerged = scored.filter(({ firstId, secondId }) => survivorOf.has(firstId) || survivorOf.has(secondId));
  const apart = await toldApart(
    tx,
    ofMerged.map(({ firstId, secondId }) => [firstId, secondId]),
  );
  const likeliest = new Map<string, ScoredPair>();
  for (const pair of scored) {
    if (apart.has(pairKey(pair.firstId, pair.secondId)) && ofMerged.includes(pair)) continue;
    const [firstId, secondId] = inOrder(survivorOf.get(pair.firstId) ?? pair.firstId, survivorOf.get(pair.secondId) ?? pair.secondId);
    const known = likeliest.get(pairKey(firstId, secondId));
    if (firstId !== secondId && (known?.probability ?? -1) < pair.probability)
      likeliest.set(pairKey(firstId, secondId), { ...pair, firstId, secondId });
  }
  return [...likeliest.values()];
}

/** Those of these people whom an undecided pair keeps from being enrolled, and those whom one with somebody before them keeps from being paid. */
async function keptBack({ tx }: CommandContext, beneficiaryIds: readonly string[], holdThreshold: string) {
  const asked = new Set(beneficiaryIds);
  const blocked = new Set<string>();
  const held = new Set<string>();
  for (const { firstId, secondId, holds, blocksFirst, blocksSecond } of await standingPairs(tx, beneficiaryIds, holdThreshold)) {
    if (blocksFirst && asked.has(firstId)) blocked.add(firstId);
    if (blocksSecond && asked.has(secondId)) blocked.add(secondId);
    if ((holds || blocksSecond) && asked.has(secondId)) held.add(secondId);
  }
  return { blocked, held };
}
