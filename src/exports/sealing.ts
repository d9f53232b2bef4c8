import type { KeyRing, Passing, RoomColumns } from '../platform/index.ts';

const placeOf = (runId: string, attempt: number | string, number: number | string): string =>
  `export_run/${runId}/attempt/${attempt}/part/${number}`;

// They are gone within a week, so nobody seals them anew.
const parts = {
  table: 'export_run_parts',
  column: 'content',
  bound: ['run_id', 'attempt', 'number'],
  place: ({ run_id, attempt, number }) => placeOf(run_id ?? '', attempt ?? '', number ?? ''),
  purpose: 'export-run-part',
  writtenAt: 'written_at',
  keptDays: 8,
} as const satisfies Passing;

/** This room's columns of bytes. */
export const exportColumnsOfBytes: RoomColumns = {
  sealed: [parts],
  unsealed: { 'export_runs.sha256': 'digest of a file as it is fetched' },
};

/** Names one part of a file. */
export interface PartName {
  readonly runId: string;
  readonly attempt: number;
  readonly number: number;
}

export const sealPart = (keyRing: KeyRing, { runId, attempt, number }: PartName, content: Buffer): Buffer =>
  keyRing.seal(parts.purpose, placeOf(runId, attempt, number), content.toString('base64'));

export const openPart = (keyRing: KeyRing, { runId, attempt, number }: PartName, sealed: Buffer): Buffer =>
  Buffer.from(keyRing.open(parts.purpose, placeOf(runId, attempt, number), sealed), 'base64');
