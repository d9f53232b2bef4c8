import { admit } from '../beneficiaries/index.ts';
import { command } from '../platform/index.ts';
import { existingFile, registrationFileScope } from './existing-file.ts';
import { countRows, endRun, setDuplicates } from './file-store.ts';
import { type Preparation, type PreparedRow, submissionsOf } from './prepare.ts';
import { enteredSubmissions, insertRefusals, insertSubmissions, lockSubmissions } from './row-store.ts';

/** What became of a batch: whom it entered, or that it was not its turn. */
export type Taking = { readonly ids: readonly string[] } | { readonly ids: undefined };

/** Which rows of which file; the rows themselves are handed over beside. */
export interface Batch {
  readonly fileId: string;
  readonly firstRow: number;
  /** Duplicates that the comparison of the rows before has found. */
  readonly duplicates: number;
}

/**
 * Takes the next rows of a file: the good ones are entered, the bad ones kept with reasons, those that were entered before counted. A batch
 * that was taken is not taken again, whoever tries.
 */
export const takeRows = (preparation: Preparation, rows: readonly PreparedRow[]) =>
  command<Batch, Taking>({
    name: 'intake.take_rows',
    scope: (db, { fileId }) => registrationFileScope(db, fileId),
    async run(context, { fileId, firstRow, duplicates }) {
      const { tx } = context;
      const subject = { type: 'registration_file', id: fileId };
      const { file, attempt, uploadedBy } = await existingFile(tx, fileId);
      if (file.state !== 'running' || file.doneRows !== firstRow - 1) return { result: { ids: undefined }, subject };
      const submissions = submissionsOf(rows);
      if (submissions.length > 0) await lockSubmissions(tx, file.programmeId);
      const { good, bad, known } = preparation.sorted(rows, await enteredSubmissions(tx, file.programmeId, submissions, fileId));
      const entry = { enteredBy: uploadedBy, source: file.format.kind === 'kobo' ? 'kobo' : 'file', sourceId: fileId } as const;
      const { ids } = await admit(
        context,
        file.programmeId,
        entry,
        good.map(({ candidate }) => candidate),
      );
      await insertSubmissions(
        tx,
        file.programmeId,
        good.flatMap(({ submission }, i) => (submission ? [{ key: submission, beneficiaryId: ids[i] as string }] : [])),
      );
      await insertRefusals(tx, fileId, attempt, bad);
      const counts = { accepted: good.length, refused: bad.length, known, duplicates };
      const { file: after } = await countRows(tx, fileId, counts);
      return { result: { ids }, subject, before: { doneRows: file.doneRows }, after: { doneRows: after.doneRows, ...counts } };
    },
  });

/** Counts the duplicates of a file anew, after a run that ended in the middle. */
export const recountDuplicates = command<{ fileId: string; duplicates: number }, void>({
  name: 'intake.recount_duplicates',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx }, { fileId, duplicates }) {
    const before = await existingFile(tx, fileId);
    await setDuplicates(tx, fileId, duplicates);
    return {
      result: undefined,
      subject: { type: 'registration_file', id: fileId },
      before: { duplicates: before.file.duplicateRows },
      after: { duplicates },
    };
  },
});

/** Closes a file whose rows are all taken, or that stops because of its duplicates. */
export const finishFile = command<{ fileId: string; state: 'done' | 'stopped'; duplicates: number }, { finished: boolean }>({
  name: 'intake.finish_file',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx, now }, { fileId, state, duplicates }) {
    const subject = { type: 'registration_file', id: fileId };
    const { file } = await existingFile(tx, fileId);
    if (file.state !== 'running') return { result: { finished: false }, subject };
    await endRun(tx, fileId, state, duplicates, now);
    return { result: { finished: true }, subject, before: { state: file.state }, after: { state } };
  },
});
