import { createHash } from 'node:crypto';
import {
  type Command,
  type CommandContext,
  command,
  type Db,
  type KeyRing,
  newId,
  type Outcome,
  type Passing,
  placesWrong,
  problem,
  type Scope,
} from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { isRecipient } from './export-encryption.ts';
import { countExport, type ExportLimits } from './export-limits.ts';
import { Superseded } from './export-parts.ts';
import { newPassphrase } from './export-passphrase.ts';
import {
  beginAttempt,
  countDownload,
  endExport,
  findExport,
  holdExports,
  insertExport,
  insertPart,
  lockExport,
  markReady,
  type StoredExport,
  type Written,
} from './export-records.ts';
import { countToExport } from './export-store.ts';
import type { NewExport, NewListExport, NewRefusedRowsExport, PersonExport } from './export-types.ts';
import { exportProblem } from './problems.ts';
import { say } from './words.ts';

const DAY_MS = 86_400_000;

const missing = () => problem.not_found('There is no such record.');
const subjectOf = (id: string) => ({ type: 'person_export', id });

/** Where an export belongs. @throws not_found */
export async function exportScope(db: Db, exportId: string): Promise<Scope> {
  const found = await findExport(db, exportId);
  if (!found) throw missing();
  return { programme: found.export.programmeId };
}

const passphrasePlace = (id: string): string => `person_export/${id}/passphrase`;
export const partPlace = (id: string, attempt: number | string, number: number | string): string =>
  `person_export/${id}/attempt/${attempt}/part/${number}`;

// Both are gone within a day, so nobody seals them anew.
export const passphrases = {
  table: 'person_exports',
  column: 'passphrase',
  bound: ['id'],
  place: ({ id }) => passphrasePlace(id ?? ''),
  purpose: 'export-passphrase',
  writtenAt: 'created_at',
  keptDays: 1,
} as const satisfies Passing;
export const exportParts = {
  table: 'person_export_parts',
  column: 'content',
  bound: ['export_id', 'attempt', 'number'],
  place: ({ export_id, attempt, number }) => partPlace(export_id ?? '', attempt ?? '', number ?? ''),
  purpose: 'export-part',
  writtenAt: 'written_at',
  keptDays: 1,
} as const satisfies Passing;

/** @throws Error when it has been erased */
export const passphraseOf = (keyRing: KeyRing, { export: { id }, passphrase }: StoredExport): string => {
  if (!passphrase) throw new Error('the passphrase of an export is gone');
  return keyRing.open(passphrases.purpose, passphrasePlace(id), passphrase);
};

/** An export that was asked for, and the passphrase that is told this once; null where it is encrypted to a key. */
export interface RequestedExport {
  readonly export: PersonExport;
  readonly passphrase: string | null;
}

/**
 * Records a file that is asked for, and has it written: the one way in which people leave as a file.
 * @param people how many it would show
 * @throws unprocessable when the recipient's key is none; the outcome refuses with too_many_requests beyond what one user may take in a day
 */
export async function requestExport(
  { tx, actor, now, keyRing }: CommandContext,
  limits: ExportLimits,
  input: NewExport | NewListExport | NewRefusedRowsExport,
  people: number,
): Promise<Outcome<RequestedExport>> {
  const { programmeId, recipient, encryption, reason } = input;
  if (recipient !== null && !(encryption === 'age' && isRecipient(recipient))) {
    throw placesWrong([{ pointer: '/body/recipient', detail: say('recipient_unfit') }]);
  }
  const refusal = await countExport(tx, now, { actor, people, programmeId }, limits);
  if (refusal) return { result: undefined as never, subject: { type: 'beneficiaries_of_programme', id: programmeId }, reason, refusal };
  const id = newId();
  const passphrase = recipient === null ? newPassphrase() : null;
  const sealed = passphrase === null ? null : keyRing.seal(passphrases.purpose, passphrasePlace(id), passphrase);
  const by = { actorId: actor.id, sessionId: actor.sessionId ?? null, people, passphrase: sealed };
  await insertExport(tx, id, input, by, now, new Date(now.getTime() + DAY_MS));
  const made = await existing(tx, id);
  return {
    result: { export: made.export, passphrase },
    subject: subjectOf(id),
    after: made.export,
    reason: `${reason} (${people} people)`,
    followUps: [{ job: 'beneficiaries.write_export', payload: { exportId: id } }],
  };
}

/** Has a file of a programme's people written. @throws as {@link requestExport} */
export const createExport = (limits: ExportLimits): Command<NewExport, RequestedExport> =>
  command({
    name: 'beneficiaries.export',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run(context, input) {
      await programmeById(context.tx, input.programmeId);
      await holdExports(context.tx, input.programmeId);
      return requestExport(context, limits, input, await countToExport(context.tx, input.programmeId, input.filter));
    },
  });

async function existing(db: Db, id: string): Promise<StoredExport> {
  const found = await findExport(db, id);
  if (!found) throw missing();
  return found;
}

interface OfExport {
  readonly exportId: string;
}

/** Takes a file back before its day is over. @throws not_found; conflict when it has ended already */
export const revokeExport = command<OfExport, PersonExport>({
  name: 'beneficiaries.revoke_export',
  scope: (db, { exportId }) => exportScope(db, exportId),
  async run({ tx, now }, { exportId }) {
    const found = await lockExport(tx, exportId);
    if (!found) throw missing();
    if (found.export.endedAt) throw problem.conflict(say('export_over'));
    await endExport(tx, exportId, 'revoked', now);
    const after = (await existing(tx, exportId)).export;
    return { result: after, subject: subjectOf(exportId), before: found.export, after };
  },
});

/**
 * Hands a file to whoever asked for it; to anybody else it is not there.
 * @throws not_found; conflict while it is being written; gone when it has expired or was revoked
 */
export const downloadExport = command<OfExport, { id: string }>({
  name: 'beneficiaries.download_export',
  scope: (db, { exportId }) => exportScope(db, exportId),
  async run({ tx, actor, now }, { exportId }) {
    const found = await lockExport(tx, exportId);
    if (!found || found.export.requestedBy !== actor.id) throw missing();
    const { state, expiresAt, endReason } = found.export;
    if (endReason === 'erasure') throw exportProblem.export_ended(say('export_of_erased'));
    if (state === 'revoked') throw exportProblem.export_ended(say('export_revoked'));
    if (state === 'expired' || new Date(expiresAt) <= now) throw exportProblem.export_ended(say('export_expired'));
    if (state === 'preparing') throw problem.conflict(say('export_preparing'));
    await countDownload(tx, exportId);
    return { result: { id: exportId }, subject: subjectOf(exportId), after: { downloads: found.export.downloads + 1 } };
  },
});

/** Begins to write a file, from its beginning. @returns undefined when there is nothing to write any more */
export const beginExport = command<OfExport, StoredExport | undefined>({
  name: 'beneficiaries.write_export',
  scope: (db, { exportId }) => exportScope(db, exportId),
  async run({ tx, now }, { exportId }) {
    const found = await lockExport(tx, exportId);
    const isWanted = found?.export.state === 'preparing' && new Date(found.export.expiresAt) > now;
    const result = isWanted ? { ...found, attempt: await beginAttempt(tx, exportId) } : undefined;
    return { result, subject: subjectOf(exportId), after: { attempt: result?.attempt ?? null } };
  },
});

// The row is locked, so that who ends the export or begins anew waits, and what comes later finds out.
async function current(tx: Parameters<typeof lockExport>[0], exportId: string, attempt: number): Promise<void> {
  const found = await lockExport(tx, exportId);
  if (found?.export.state !== 'preparing' || found.attempt !== attempt) throw new Superseded();
}

/** Keeps the next part of a file. @throws Superseded */
export const keepExportPart = (content: Buffer): Command<OfExport & { attempt: number; number: number }, null> =>
  command({
    name: 'beneficiaries.write_export',
    scope: (db, { exportId }) => exportScope(db, exportId),
    async run({ tx, keyRing, now }, { exportId, attempt, number }) {
      await current(tx, exportId, attempt);
      const sealed = keyRing.seal(exportParts.purpose, partPlace(exportId, attempt, number), content.toString('base64'));
      await insertPart(tx, exportId, attempt, number, sealed, now);
      return {
        result: null,
        subject: subjectOf(exportId),
        after: { attempt, number, sha256: createHash('sha256').update(content).digest('hex') },
      };
    },
  });

/** The file is whole. @throws Superseded */
export const finishExport = command<OfExport & { attempt: number; written: Written }, null>({
  name: 'beneficiaries.write_export',
  scope: (db, { exportId }) => exportScope(db, exportId),
  async run({ tx, now }, { exportId, attempt, written }) {
    await current(tx, exportId, attempt);
    await markReady(tx, exportId, written, now);
    return { result: null, subject: subjectOf(exportId), after: written };
  },
});

/** Ends an export whose day is over. */
export const expireExport = command<OfExport, null>({
  name: 'beneficiaries.expire_export',
  scope: (db, { exportId }) => exportScope(db, exportId),
  async run({ tx, now }, { exportId }) {
    const found = await lockExport(tx, exportId);
    if (found && !found.export.endedAt) await endExport(tx, exportId, 'time', now);
    return { result: null, subject: subjectOf(exportId), after: { state: 'expired' } };
  },
});
