import { system } from '../access/index.ts';
import { eachInTurn, type Ground, Interrupted, type Job, type ReadRecorder, writeTable } from '../platform/index.ts';
import type { ExportField } from './export-columns.ts';
import { beginExport, expireExport, finishExport, keepExportPart, passphraseOf } from './export-commands.ts';
import { encrypted, type Lock } from './export-encryption.ts';
import { attemptToWrite, keepInParts } from './export-parts.ts';
import { plainName } from './export-queries.ts';
import { overdueExports, type StoredExport } from './export-records.ts';
import { exportRows } from './export-rows.ts';
import type { PersonExport } from './export-types.ts';

const EXPIRED_AT_A_TIME = 100;

/**
 * The bytes of a file as they are taken; a room above makes them.
 * @param reading is told who is about to be shown, and is waited for before anything of theirs leaves
 */
type Write<Asked> = (ground: Ground, asked: Asked, reading: Reading) => AsyncIterable<Buffer>;

/** An export that is of a payment list. */
export type ListExport = PersonExport & { readonly listId: string };
/** An export of the refused rows of a registration file. */
export type RefusedRowsExport = PersonExport & { readonly fileId: string };
export type WriteList = Write<ListExport>;
export type WriteRefusedRows = Write<RefusedRowsExport>;
/** @param others how many are shown of whom there is no record yet */
type Reading = (beneficiaryIds: readonly string[], others?: number) => Promise<void>;

/** What the rooms above write of what is theirs. */
interface Writers {
  readonly list: WriteList;
  readonly refusedRows: WriteRefusedRows;
}

/** Writes exports and ends them. Nothing of a file is ever written anywhere before it is encrypted. */
export const exportJobs = (ground: Ground, reads: ReadRecorder, writers: Writers): Job[] => [
  {
    name: 'beneficiaries.write_export',
    async run({ exportId = '' }, closing) {
      const begun = await ground.execute(beginExport, { exportId }, { actor: system });
      if (begun) await attemptToWrite(() => write(ground, reads, begun, { writers, closing }), closing);
    },
  },
  {
    name: 'beneficiaries.expire_exports',
    everySeconds: 300,
    async run() {
      const overdue = await overdueExports(ground.db, ground.clock.now(), EXPIRED_AT_A_TIME);
      await eachInTurn(overdue, ({ id }) => ground.execute(expireExport, { exportId: id }, { actor: system }));
    },
  },
];

async function write(
  ground: Ground,
  reads: ReadRecorder,
  begun: StoredExport,
  { writers, closing }: { writers: Writers; closing: AbortSignal | undefined },
): Promise<void> {
  const { execute } = ground;
  const { export: asked, attempt } = begun;
  const exportId = asked.id;
  let people = 0;
  const reading: Reading = async (beneficiaryIds, others = 0) => {
    if (closing?.aborted) throw new Interrupted();
    people += beneficiaryIds.length + others;
    await reads.record([readOf(begun, beneficiaryIds)]);
  };
  const plain = plainOf(ground, asked, reading, writers);
  const kept = await keepInParts(encrypted(plain, plainName(asked), lockOf(ground, begun)), (part, number) =>
    execute(keepExportPart(part), { exportId, attempt, number }, { actor: system }),
  );
  const written = { people, ...kept };
  await execute(finishExport, { exportId, attempt, written }, { actor: system });
}

function plainOf(ground: Ground, asked: PersonExport, reading: Reading, { list, refusedRows }: Writers): AsyncIterable<Buffer> {
  const { listId, fileId } = asked;
  if (listId !== null) return list(ground, { ...asked, listId }, reading);
  if (fileId !== null) return refusedRows(ground, { ...asked, fileId }, reading);
  return writePeople(ground, asked, reading);
}

function writePeople({ db, keyRing }: Ground, asked: PersonExport, reading: Reading): AsyncIterable<Buffer> {
  const { programmeId, filter, language, format } = asked;
  if (format === 'pain001') throw new Error('pain.001 is of a payment list');
  const form = { filter, language, format, fields: asked.fields as ExportField[] };
  return writeTable({ kind: format }, exportRows(db, keyRing, programmeId, form, reading), { rightToLeft: language === 'ar' });
}

const lockOf = ({ keyRing }: Ground, begun: StoredExport): Lock => {
  const { encryption, recipient } = begun.export;
  return recipient === null ? { encryption, passphrase: passphraseOf(keyRing, begun) } : { encryption: 'age', recipient };
};

// Whoever asked for the file is its reader, wherever it is written.
const readOf = ({ export: asked, requestedSession }: StoredExport, beneficiaryIds: readonly string[]) => ({
  reader: { id: asked.requestedBy, kind: 'user' as const, ...(requestedSession ? { sessionId: requestedSession } : {}) },
  operation: askedWith(asked),
  purpose: asked.purpose,
  isStated: true,
  canBeRefused: false,
  programmeId: asked.programmeId,
  beneficiaryIds,
  source: { type: 'person_export', id: asked.id },
  requestId: null,
});

const askedWith = ({ listId, fileId }: PersonExport): string => {
  if (listId !== null) return 'createPaymentListExport';
  return fileId === null ? 'createBeneficiaryExport' : 'createRefusedRowsExport';
};
