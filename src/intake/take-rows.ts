import { type Applicant, admit, type DuplicateCheck } from '../beneficiaries/index.ts';
import { command } from '../platform/index.ts';
import { placed, rehearsedAs } from './begun-households.ts';
import { existingFile, registrationFileScope } from './existing-file.ts';
import { type Compared, countCompared, countRows, endRun, recordFindings, type StoredFile, stopAtFirst } from './file-store.ts';
import { type Preparation, type PreparedRow, submissionsOf } from './prepare.ts';
import { enteredSubmissions, insertRefusals, insertSubmissions, lockEntries } from './row-store.ts';
import type { Findings } from './types.ts';

/** What became of a batch: whom it entered and where the file is now, or that it was not its turn. */
export type Taking = { readonly taken: true; readonly ids: readonly string[]; readonly file: StoredFile } | { readonly taken: false };

/** Which rows of which file; the rows themselves are handed over beside. */
export interface Batch {
  readonly fileId: string;
  readonly firstRow: number;
  /** What has been compared meanwhile. */
  readonly compared: Compared;
}

const subjectOf = (fileId: string) => ({ type: 'registration_file', id: fileId });

/**
 * Takes the next rows of a file: the good ones are entered, the bad ones kept with reasons, those that were entered before counted. A batch
 * that was taken is not taken again, whoever tries.
 */
export const takeRows = (duplicates: DuplicateCheck, preparation: Preparation, rows: readonly PreparedRow<Applicant>[]) =>
  command<Batch, Taking>({
    name: 'intake.take_rows',
    scope: (db, { fileId }) => registrationFileScope(db, fileId),
    async run(context, { fileId, firstRow, compared }) {
      const { tx } = context;
      const subject = subjectOf(fileId);
      const stored = await existingFile(tx, fileId);
      const { file, attempt, uploadedBy } = stored;
      if (file.state !== 'running' || file.doneRows !== firstRow - 1) return { result: { taken: false }, subject };
      await lockEntries(tx, file.programmeId);
      const sorted = preparation.sorted(rows, await enteredSubmissions(tx, file.programmeId, submissionsOf(rows), fileId));
      const { good, bad, known } = await placed(
        {
          db: tx,
          preparation,
          stored,
          async resembling(doubtful) {
            const found = await duplicates.resembling(tx, file.programmeId, rehearsedAs(doubtful));
            return new Map(doubtful.map(({ rowNumber }, i) => [rowNumber, found[i] ?? []]));
          },
        },
        sorted,
      );
      const entry = { enteredBy: uploadedBy, source: file.format.kind === 'kobo' ? 'kobo' : 'file', sourceId: fileId } as const;
      const applicants = good.map(({ candidate }) => candidate);
      await admit(context, file.programmeId, entry, applicants);
      const entered = good.flatMap(({ submission, who = null, candidate }) =>
        submission ? [{ key: submission, who, beneficiaryId: candidate.id }] : [],
      );
      await insertSubmissions(tx, file.programmeId, entered);
      await insertRefusals(tx, fileId, attempt, bad);
      const counts = { accepted: good.length, refused: bad.length, known };
      const after = await countRows(tx, fileId, counts, compared);
      const result = { taken: true, ids: applicants.map(({ id }) => id), file: after } as const;
      return { result, subject, before: { doneRows: file.doneRows }, after: { doneRows: after.file.doneRows, ...counts } };
    },
  });

/**
 * Counts the duplicates that a comparison has found.
 * @param goesOn whether another job is to go on with the file
 */
export const countDuplicates = command<{ fileId: string; compared: Compared; goesOn: boolean }, StoredFile>({
  name: 'intake.count_duplicates',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx }, { fileId, compared, goesOn }) {
    const before = await existingFile(tx, fileId);
    const result = await countCompared(tx, fileId, compared);
    const followUps = goesOn ? [{ job: 'intake.run_file', payload: { fileId } }] : [];
    const [from, to] = [before, result].map(({ comparedRows, file: { duplicateRows } }) => ({ comparedRows, duplicateRows }));
    return { result, subject: subjectOf(fileId), before: from, after: to, followUps };
  },
});

/** Closes a file whose rows are all taken and compared, or that stops because of its duplicates. */
export const finishFile = command<{ fileId: string; state: 'done' | 'stopped' }, { finished: boolean }>({
  name: 'intake.finish_file',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx, now }, { fileId, state }) {
    const { file } = await existingFile(tx, fileId);
    if (file.state !== 'running') return { result: { finished: false }, subject: subjectOf(fileId) };
    await endRun(tx, fileId, state, now);
    return { result: { finished: true }, subject: subjectOf(fileId), before: { state: file.state }, after: { state } };
  },
});

/** Keeps what is found in a file before anybody of it is entered, and closes it as soon as too many of all its rows are duplicates. */
export const checkBeforeRun = command<{ fileId: string; findings: Findings }, { goesOn: boolean }>({
  name: 'intake.check_before_run',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx, now }, { fileId, findings }) {
    const { file } = await existingFile(tx, fileId);
    const subject = subjectOf(fileId);
    if (file.state !== 'running' || file.doneRows > 0) return { result: { goesOn: false }, subject };
    const goesOn = !findings.tooManyDuplicates;
    const { file: after } = await (goesOn ? recordFindings(tx, fileId, findings) : stopAtFirst(tx, fileId, findings, now));
    return { result: { goesOn }, subject, before: { state: file.state }, after: { state: after.state, checkedRows: findings.checkedRows } };
  },
});
