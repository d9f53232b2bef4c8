import { createHash } from 'node:crypto';
import { raiseAlert } from '../access/index.ts';
import { countExport, type ExportLimits, Superseded } from '../beneficiaries/index.ts';
import { type Actor, type Command, command, type Db, newId, type Scope, type Tx } from '../platform/index.ts';
import { definitionScope, missing, type OfDefinition } from './define.ts';
import { findDefinition, localTime, lockDefinition, updateDefinition } from './definition-store.ts';
import { datasetNamed, readerOf } from './rights.ts';
import { beginAttempt, endRun, findRun, holdRuns, insertPart, insertRun, lockRun, markReady, type Written } from './run-store.ts';
import { daysBefore, lastDue } from './schedule.ts';
import { sealPart } from './sealing.ts';
import type { Dataset, Datasets, ExportDefinition, ExportRun } from './types.ts';

const WEEK_MS = 7 * 86_400_000;

const subjectOf = (id: string) => ({ type: 'export_run', id });

/** Names one run. */
export interface OfRun {
  readonly runId: string;
}

/** Where a run belongs. @throws not_found */
export async function runScope(db: Db, { runId }: OfRun): Promise<Scope> {
  const found = await findRun(db, runId);
  if (!found) throw missing();
  return { programme: found.run.programmeId };
}

/** Stops a definition, and says so to whoever looks after the platform. */
async function stop(tx: Tx, now: Date, definition: ExportDefinition, reason: NonNullable<ExportDefinition['stopReason']>): Promise<void> {
  if (definition.state !== 'on') return;
  await updateDefinition(tx, { ...definition, state: 'stopped', stopReason: reason });
  await raiseAlert(tx, now, {
    kind: 'exports.stopped',
    subject: { type: 'export_definition', id: definition.id },
    by: definition.ownerId,
    programmeId: definition.programmeId,
    facts: { reason, dataset: definition.dataset },
  });
}

/**
 * Begins the file that came due last, once, however many others came due while nobody looked. Where whoever it is for may not read it any more, the
 * definition is stopped instead.
 */
export const beginRun = (datasets: Datasets): Command<OfDefinition, string | null> =>
  command({
    name: 'exports.begin_run',
    scope: definitionScope,
    async run({ tx, now }, { definitionId }) {
      const subject = { type: 'export_definition', id: definitionId };
      const definition = await lockDefinition(tx, definitionId);
      if (definition?.state !== 'on') return { result: null, subject };
      const { schedule, programmeId, lastDueOn, period } = definition;
      const dueOn = lastDue(schedule, await localTime(tx, programmeId, now));
      if (lastDueOn !== null && lastDueOn >= dueOn) return { result: null, subject };
      if (!(await readerOf(tx, now, definition, datasetNamed(datasets, definition.dataset)))) {
        await stop(tx, now, definition, 'rights_lost');
        return { result: null, subject, after: { state: 'stopped', dueOn } };
      }
      await holdRuns(tx, programmeId);
      const id = newId();
      await updateDefinition(tx, { ...definition, lastDueOn: dueOn });
      const isNew = await insertRun(tx, id, definition, { dueOn, ...daysBefore(period, dueOn) }, now, new Date(now.getTime() + WEEK_MS));
      if (!isNew) return { result: null, subject };
      return { result: id, subject, after: { run: id, dueOn }, followUps: [{ job: 'exports.write_run', payload: { runId: id } }] };
    },
  });

/** What is to be written, in whose name. */
export interface Writing {
  readonly run: ExportRun;
  readonly attempt: number;
  readonly definition: ExportDefinition;
  readonly actor: Actor;
}

/** Begins to write a file, from its beginning; rights are looked at once more. @returns null when there is nothing to write any more */
export const beginWriting = (datasets: Datasets): Command<OfRun, Writing | null> =>
  command({
    name: 'exports.write_run',
    scope: runScope,
    async run({ tx, now }, { runId }) {
      const subject = subjectOf(runId);
      const run = (await findRun(tx, runId))?.run;
      // In the order in which a turn locks them.
      const definition = run && (await lockDefinition(tx, run.definitionId));
      const found = await lockRun(tx, runId);
      if (!definition || found?.run.state !== 'preparing' || new Date(found.run.expiresAt) <= now) return { result: null, subject };
      const actor = await readerOf(tx, now, definition, datasetNamed(datasets, definition.dataset));
      if (!actor) {
        await endRun(tx, runId, 'rights_lost', now);
        await stop(tx, now, definition, 'rights_lost');
        return { result: null, subject, after: { state: 'ended', endReason: 'rights_lost' } };
      }
      const attempt = await beginAttempt(tx, runId);
      return { result: { run: found.run, attempt, definition, actor }, subject, after: { attempt } };
    },
  });

async function current(tx: Tx, runId: string, attempt: number): Promise<ExportRun> {
  const found = await lockRun(tx, runId);
  if (found?.run.state !== 'preparing' || found.attempt !== attempt) throw new Superseded();
  return found.run;
}

/** Keeps the next part of a file. @throws Superseded */
export const keepPart = (content: Buffer) =>
  command<OfRun & { readonly attempt: number; readonly number: number }, null>({
    name: 'exports.write_run',
    scope: runScope,
    async run({ tx, keyRing, now }, { runId, attempt, number }) {
      await current(tx, runId, attempt);
      await insertPart(tx, runId, attempt, number, sealPart(keyRing, { runId, attempt, number }, content), now);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { result: null, subject: subjectOf(runId), after: { attempt, number, sha256 } };
    },
  });

/**
 * The file is whole. One with people in it counts against what one user may take out in a day; beyond that it ends, and the definition stops.
 * @throws Superseded
 */
export const finishRun = (limits: ExportLimits, owner: Actor) =>
  command<OfRun & { readonly attempt: number; readonly written: Written }, null>({
    name: 'exports.write_run',
    scope: runScope,
    async run({ tx, now }, { runId, attempt, written }) {
      const subject = subjectOf(runId);
      const definition = await findDefinition(tx, (await findRun(tx, runId))?.run.definitionId ?? runId);
      const locked = definition && (await lockDefinition(tx, definition.id));
      const { programmeId, isPersonal } = await current(tx, runId, attempt);
      const refusal = isPersonal ? await countExport(tx, now, { actor: owner, people: written.people, programmeId }, limits) : undefined;
      if (refusal) {
        await endRun(tx, runId, 'limit', now);
        if (locked) await stop(tx, now, locked, 'limit');
        return { result: null, subject, after: { state: 'ended', endReason: 'limit' } };
      }
      await markReady(tx, runId, written, now);
      return { result: null, subject, after: { state: 'ready', ...written } };
    },
  });

/** Ends a file whose week is over, and says so where it was never written. */
export const expireRun = command<OfRun, null>({
  name: 'exports.expire_run',
  scope: runScope,
  async run({ tx, now }, { runId }) {
    const found = await lockRun(tx, runId);
    if (found && found.run.state !== 'ended') await endRun(tx, runId, 'time', now);
    if (found?.run.state === 'preparing')
      await raiseAlert(tx, now, {
        kind: 'exports.never_written',
        subject: subjectOf(runId),
        programmeId: found.run.programmeId,
        facts: { attempts: found.attempt, dueOn: found.run.dueOn },
      });
    return { result: null, subject: subjectOf(runId), after: { state: 'ended' } };
  },
});

/** The dataset that a run is of. */
export const datasetOf = (datasets: Datasets, { definition }: Pick<Writing, 'definition'>): Dataset =>
  datasetNamed(datasets, definition.dataset);
