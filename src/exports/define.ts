import { isRecipient } from '../beneficiaries/index.ts';
import {
  type Command,
  type CommandContext,
  command,
  type Db,
  newId,
  type Outcome,
  type ProblemPlace,
  placesWrong,
  problem,
  type Scope,
  type Text,
} from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { findDefinition, insertDefinition, localTime, lockDefinition, updateDefinition } from './definition-store.ts';
import { datasetNamed, readerOf } from './rights.ts';
import { lastDue } from './schedule.ts';
import type { Dataset, Datasets, ExportDefinition, NewExportDefinition } from './types.ts';
import { say } from './words.ts';

export const missing = () => problem.not_found('There is no such record.');
const subjectOf = (id: string) => ({ type: 'export_definition', id });

/** Names one definition. */
export interface OfDefinition {
  readonly definitionId: string;
}

/** Where a definition belongs. @throws not_found */
export async function definitionScope(db: Db, { definitionId }: OfDefinition): Promise<Scope> {
  const found = await findDefinition(db, definitionId);
  if (!found) throw missing();
  return { programme: found.programmeId };
}

const fault = (pointer: string, detail: Text): ProblemPlace => ({ pointer: `/body/${pointer}`, detail });

function faultsOf({ schedule, recipient = null }: NewExportDefinition, { isPersonal }: Dataset): ProblemPlace[] {
  const { every, weekday, monthDay } = schedule;
  return [
    ...((every === 'week') === (weekday !== undefined) ? [] : [fault('schedule/weekday', say('weekday_with_week'))]),
    ...((every === 'month') === (monthDay !== undefined) ? [] : [fault('schedule/monthDay', say('month_day_with_month'))]),
    ...(isPersonal && recipient === null ? [fault('recipient', say('recipient_missing'))] : []),
    ...(recipient === null || isRecipient(recipient) ? [] : [fault('recipient', say('recipient_wrong'))]),
  ];
}

/**
 * Defines a file that is written on a schedule. One with people in it waits for somebody's approval; any other begins with its next turn.
 * @throws not_found; unprocessable naming what does not fit, or that whoever it is for may not read it
 */
export const defineExport = (datasets: Datasets): Command<NewExportDefinition & { programmeId: string }, ExportDefinition> =>
  command({
    name: 'exports.define',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run({ tx, actor, now }, { programmeId, ownerId = actor.id, recipient = null, ...asked }) {
      await programmeById(tx, programmeId);
      const dataset = datasetNamed(datasets, asked.dataset);
      const faults = faultsOf({ ...asked, recipient }, dataset);
      if (!(await readerOf(tx, now, { ownerId, programmeId }, dataset)))
        faults.push(fault('ownerId', say('owner_may_not_read', { permission: dataset.permission })));
      if (faults.length > 0) throw placesWrong(faults);
      const { isPersonal } = dataset;
      const result: ExportDefinition = {
        id: newId(),
        programmeId,
        ...asked,
        isPersonal,
        ownerId,
        recipient,
        state: isPersonal ? 'proposed' : 'on',
        stopReason: null,
        approvedBy: null,
        lastDueOn: isPersonal ? null : lastDue(asked.schedule, await localTime(tx, programmeId, now)),
        version: 1,
        createdBy: actor.id,
        createdAt: now.toISOString(),
      };
      await insertDefinition(tx, result);
      return { result, subject: subjectOf(result.id), after: result, reason: asked.reason };
    },
  });

async function moved(
  tx: CommandContext['tx'],
  before: ExportDefinition,
  wanted: Partial<ExportDefinition>,
): Promise<Outcome<ExportDefinition>> {
  await updateDefinition(tx, { ...before, ...wanted });
  const after = (await findDefinition(tx, before.id)) ?? before;
  return { result: after, subject: subjectOf(before.id), before, after };
}

async function locked(tx: CommandContext['tx'], id: string, states: readonly ExportDefinition['state'][]): Promise<ExportDefinition> {
  const found = await lockDefinition(tx, id);
  if (!found) throw missing();
  if (!states.includes(found.state))
    throw problem.conflict(say('export_is', { state: say(`export_state_${found.state}`) }), { state: found.state });
  return found;
}

/** Begins with the next turn: what came due before is not made up. */
async function from(
  tx: CommandContext['tx'],
  now: Date,
  { schedule, programmeId, lastDueOn }: ExportDefinition,
): Promise<Partial<ExportDefinition>> {
  const due = lastDue(schedule, await localTime(tx, programmeId, now));
  return { state: 'on', stopReason: null, lastDueOn: lastDueOn !== null && lastDueOn > due ? lastDueOn : due };
}

/** Approves an export with people in it. @throws not_found; conflict; separation_of_duties to who defined it or gets the files */
export const approveExport = command<OfDefinition, ExportDefinition>({
  name: 'exports.approve',
  scope: definitionScope,
  async run({ tx, actor, now }, { definitionId }) {
    const before = await locked(tx, definitionId, ['proposed']);
    return moved(tx, before, { ...(await from(tx, now, before)), approvedBy: actor.id });
  },
});

/** Goes on with one that was stopped. @throws not_found; conflict; unprocessable while whoever it is for may not read it */
export const resumeExport = (datasets: Datasets): Command<OfDefinition, ExportDefinition> =>
  command({
    name: 'exports.resume',
    scope: definitionScope,
    async run({ tx, now }, { definitionId }) {
      const before = await locked(tx, definitionId, ['stopped']);
      const dataset = datasetNamed(datasets, before.dataset);
      if (!(await readerOf(tx, now, before, dataset)))
        throw problem.unprocessable(say('owner_may_not_read', { permission: dataset.permission }));
      return moved(tx, before, await from(tx, now, before));
    },
  });

/** Writes no more of them. @throws not_found; conflict */
export const endExport = command<OfDefinition, ExportDefinition>({
  name: 'exports.end',
  scope: definitionScope,
  async run({ tx }, { definitionId }) {
    const before = await locked(tx, definitionId, ['proposed', 'on', 'stopped']);
    return moved(tx, before, { state: 'ended', stopReason: null });
  },
});
