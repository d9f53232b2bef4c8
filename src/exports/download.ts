import { keptParts } from '../beneficiaries/index.ts';
import { type Command, command, type Db, Download, fileTypeOf, type KeyRing, problem } from '../platform/index.ts';
import { missing } from './define.ts';
import { findDefinition } from './definition-store.ts';
import { runProblem } from './problems.ts';
import { datasetNamed, readerOf } from './rights.ts';
import { type OfRun, runScope } from './run-commands.ts';
import { countDownload, endRun, findRun, lockRun, partOf } from './run-store.ts';
import { openPart } from './sealing.ts';
import type { Datasets, ExportDefinition, ExportRun } from './types.ts';
import { say } from './words.ts';

const subjectOf = (id: string) => ({ type: 'export_run', id });

/**
 * Hands a file to whom it is for, while they may read what is in it; to anybody else it is not there.
 * @param isPersonal of which kind: one with people in it asks for more
 * @throws not_found; conflict while it is being written; gone when its week is over, it was revoked, or somebody was erased
 */
const handOut =
  (name: string, isPersonal: boolean) =>
  (datasets: Datasets): Command<OfRun, { id: string }> =>
    command({
      name,
      scope: runScope,
      async run({ tx, actor, now }, { runId }) {
        const run = (await lockRun(tx, runId))?.run;
        const definition = run && (await findDefinition(tx, run.definitionId));
        if (definition?.ownerId !== actor.id || run?.isPersonal !== isPersonal) throw missing();
        if (!(await readerOf(tx, now, definition, datasetNamed(datasets, definition.dataset))))
          throw problem.forbidden(say('run_not_readable'));
        const { state, endReason, expiresAt, downloads } = run;
        if (endReason === 'erasure') throw runProblem.export_run_ended(say('run_of_erased'));
        if (state === 'ended' || new Date(expiresAt) <= now) throw runProblem.export_run_ended(say('run_over'));
        if (state === 'preparing') throw problem.conflict(say('run_preparing'));
        await countDownload(tx, runId);
        return { result: { id: runId }, subject: subjectOf(runId), after: { downloads: downloads + 1 } };
      },
    });

export const downloadRun = handOut('exports.download', false);
export const downloadPersonalRun = handOut('exports.download_personal', true);

/** Takes a file back before its week is over. @throws not_found; conflict when it has ended already */
export const revokeRun = command<OfRun, ExportRun>({
  name: 'exports.revoke_run',
  scope: runScope,
  async run({ tx, now }, { runId }) {
    const before = (await lockRun(tx, runId))?.run;
    if (!before) throw missing();
    if (before.state === 'ended') throw problem.conflict(say('run_gone'));
    await endRun(tx, runId, 'revoked', now);
    const after = (await findRun(tx, runId))?.run ?? before;
    return { result: after, subject: subjectOf(runId), before, after };
  },
});

/** The name of the file inside the encryption. */
export const plainName = ({ dataset, format }: Pick<ExportDefinition, 'dataset' | 'format'>, { fromDay, toDay }: ExportRun): string =>
  `${dataset.replaceAll('_', '-')}-${fromDay}-${toDay}.${fileTypeOf({ kind: format }).extension}`;

/** The file of a run that is ready. */
export async function fileOf(db: Db, keyRing: KeyRing, runId: string): Promise<Download> {
  const found = await findRun(db, runId);
  const definition = found && (await findDefinition(db, found.run.definitionId));
  if (!found?.parts || !definition) throw new Error('a file that is ready has parts');
  const { run, attempt, parts } = found;
  const name = plainName(definition, run);
  const [type, filename] =
    definition.recipient === null
      ? [fileTypeOf({ kind: definition.format }).contentType, name]
      : ['application/octet-stream', `${name}.age`];
  const opened = async (number: number): Promise<Buffer | undefined> => {
    const part = await partOf(db, runId, attempt, number);
    return part && openPart(keyRing, { runId, attempt, number }, part.content);
  };
  return new Download(type, filename, keptParts(parts, opened));
}
