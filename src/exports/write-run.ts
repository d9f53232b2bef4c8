import { system } from '../access/index.ts';
import { attemptToWrite, type ExportLimits, encrypted, keepInParts } from '../beneficiaries/index.ts';
import { type Ground, Interrupted, type ReadRecorder, writeTable } from '../platform/index.ts';
import { plainName } from './download.ts';
import { beginWriting, datasetOf, finishRun, keepPart, type Writing } from './run-commands.ts';
import type { Datasets } from './types.ts';

/** What writing a file needs beside the ground. */
export interface Writer {
  readonly datasets: Datasets;
  readonly limits: ExportLimits;
  readonly reads: ReadRecorder;
}

/** Writes a file in the name of whom it is for. Nothing of it is written anywhere before it is encrypted. @throws Interrupted when the process ends */
export async function writeRun(ground: Ground, writer: Writer, runId: string, closing: AbortSignal | undefined): Promise<void> {
  const writing = await ground.execute(beginWriting(writer.datasets), { runId }, { actor: system });
  if (writing) await attemptToWrite(() => write(ground, writer, writing, closing), closing);
}

async function write(
  { db, keyRing, execute }: Ground,
  { datasets, limits, reads }: Writer,
  writing: Writing,
  closing: AbortSignal | undefined,
): Promise<void> {
  const { run, attempt, definition, actor } = writing;
  const { id: runId, programmeId, fromDay: from, toDay: to } = run;
  const asSystem = { actor: system };
  let people = 0;
  let rows = -1;
  const reading = async (beneficiaryIds: readonly string[]) => {
    if (closing?.aborted) throw new Interrupted();
    people += beneficiaryIds.length;
    await reads.record([readOf(writing, beneficiaryIds)]);
  };
  async function* counted() {
    for await (const row of datasetOf(datasets, writing).rows({ db, keyRing }, { actor, programmeId, from, to, reading })) {
      rows += 1;
      yield row;
    }
  }
  const plain = writeTable({ kind: definition.format }, counted());
  const { recipient } = definition;
  const bytesOf = recipient === null ? plain : encrypted(plain, plainName(definition, run), { encryption: 'age', recipient });
  const kept = await keepInParts(bytesOf, (part, number) => execute(keepPart(part), { runId, attempt, number }, asSystem));
  const written = { rows, people, ...kept };
  await execute(finishRun(limits, actor), { runId, attempt, written }, asSystem);
}

// Whom the file is for is its reader, wherever it is written.
const readOf = ({ run, definition }: Writing, beneficiaryIds: readonly string[]) => ({
  reader: { id: definition.ownerId, kind: 'user' as const },
  operation: 'defineExport',
  purpose: definition.purpose,
  isStated: true,
  canBeRefused: false,
  programmeId: run.programmeId,
  beneficiaryIds,
  source: { type: 'export_run', id: run.id },
  requestId: null,
});
