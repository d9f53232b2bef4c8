import { type CommandContext, command } from '../../../platform/index.ts';
import { programmeById } from '../../../programmes/index.ts';
import { closeMany } from '../closing.ts';
import { type LeftAlone, setOwners, sortOut } from '../life-store.ts';
import { whoMayResolve } from '../people.ts';
import type { ExceptionFilter } from '../reading.ts';
import { keepStepOfAll } from '../steps.ts';
import type { PlainResolution } from '../types.ts';
import { refuseUnfit } from './assign-exception.ts';

/** How many of those that are left alone are named. */
const NAMED = 100;

interface Bulk {
  readonly programmeId: string;
  readonly filter: ExceptionFilter;
}

export interface BulkResult {
  readonly done: number;
  /** Whether there are more that could be done: the same again, under another key. */
  readonly more: boolean;
  readonly leftCount: number;
  /** The first hundred, each with why. */
  readonly left: LeftAlone[];
}

const resultOf = ({ ids, left, more }: Awaited<ReturnType<typeof sortOut>>): BulkResult => ({
  done: ids.length,
  more,
  leftCount: left.length,
  left: left.slice(0, NAMED),
});

async function overMany(
  { tx, actor, now }: CommandContext,
  { programmeId, filter }: Bulk,
  work: {
    readonly who: string;
    readonly what: string;
    readonly reason: string;
    readonly facts: Readonly<Record<string, string>>;
    change(ids: readonly string[]): Promise<void>;
  },
) {
  const sorted = await sortOut(tx, programmeId, filter, work.who, now);
  const { ids } = sorted;
  await work.change(ids);
  await keepStepOfAll(tx, ids, { at: now, by: actor.id, what: work.what, reason: work.reason, facts: work.facts });
  return {
    result: resultOf(sorted),
    subject: { type: 'programme', id: programmeId },
    after: { filter, ...work.facts, ids },
    reason: work.reason.slice(0, 500),
    others: ids.map((id) => ({ subject: { type: 'exception', id }, after: work.facts })),
  };
}

const inProgramme = async (db: Parameters<typeof programmeById>[0], { programmeId }: Bulk) => {
  await programmeById(db, programmeId);
  return { programme: programmeId };
};

/**
 * Gives many open exceptions to one person, with one reason. Those that wait for approval, are resolved, or that the person had a hand in are left
 * as they are and named. @throws not_found; owner_unfit
 */
export const assignExceptions = command<Bulk & { readonly ownerId: string; readonly reason: string }, BulkResult>({
  name: 'reconciliation.assign_exceptions',
  scope: inProgramme,
  async run(context, { ownerId, reason, ...bulk }) {
    refuseUnfit(await whoMayResolve(context.tx, bulk.programmeId, [ownerId], context.now), ownerId);
    const change = (ids: readonly string[]) => setOwners(context.tx, ids, ownerId);
    return overMany(context, bulk, { who: ownerId, what: 'assigned', reason, facts: { to: ownerId }, change });
  },
});

/**
 * Closes many open exceptions that post nothing, with one decision and reason. Those that wait for approval, are resolved, or that one had a hand in
 * are left as they are and named. @throws not_found
 */
export const resolveExceptions = command<Bulk & { readonly resolution: PlainResolution; readonly note: string }, BulkResult>({
  name: 'reconciliation.resolve_exceptions',
  scope: inProgramme,
  async run(context, { resolution, note, ...bulk }) {
    const { tx, actor, now } = context;
    const change = (ids: readonly string[]) => closeMany(tx, ids, { resolution, note, by: actor.id, at: now });
    return overMany(context, bulk, { who: actor.id, what: 'resolved', reason: note, facts: { resolution }, change });
  },
});
