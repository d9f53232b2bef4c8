import { command } from '../platform/index.ts';
import { existingFile, registrationFileScope } from './existing-file.ts';
import { beginCheck, endCheck, recordFindings, type StoredFile } from './file-store.ts';
import { noFindings } from './findings.ts';
import type { PreparedRow } from './prepare.ts';
import { insertRefusals } from './row-store.ts';
import type { Findings } from './types.ts';

const subjectOf = (fileId: string) => ({ type: 'registration_file', id: fileId });

/** Begins a dry run anew whose process has ended in the middle of it. @returns undefined when there is none any more */
export const restartCheck = command<{ fileId: string }, StoredFile | null>({
  name: 'intake.restart_check',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx }, { fileId }) {
    const before = await existingFile(tx, fileId);
    const isCurrent = before.file.state === 'checking';
    const result = isCurrent ? await beginCheck(tx, fileId, noFindings) : null;
    return { result, subject: subjectOf(fileId), before: { attempt: before.attempt }, after: { attempt: result?.attempt } };
  },
});

/** Which reading of which file has found what so far. */
export interface Checking {
  readonly fileId: string;
  readonly attempt: number;
  readonly findings: Findings;
  /** With the last batch what it went by; null before. */
  readonly basis: string | null;
}

/** Keeps what a dry run has found in a batch. @param bad the rows that it refused */
export const recordCheck = (bad: readonly PreparedRow[]) =>
  command<Checking, { goesOn: boolean }>({
    name: 'intake.record_check',
    scope: (db, { fileId }) => registrationFileScope(db, fileId),
    async run({ tx }, { fileId, attempt, findings, basis }) {
      const before = await existingFile(tx, fileId);
      if (before.file.state !== 'checking' || before.attempt !== attempt) return { result: { goesOn: false }, subject: subjectOf(fileId) };
      await insertRefusals(tx, fileId, attempt, bad);
      const isLast = basis !== null;
      await (isLast ? endCheck(tx, fileId, findings, basis) : recordFindings(tx, fileId, findings));
      const [from, to] = [before.file.findings?.checkedRows, findings.checkedRows];
      return { result: { goesOn: true }, subject: subjectOf(fileId), before: { checkedRows: from }, after: { checkedRows: to, isLast } };
    },
  });
