import {
  admit,
  type Candidate,
  type Fault,
  type FoundPlace,
  findPlaces,
  normalised,
  type Registration,
  type WrittenPlace,
} from '../beneficiaries/index.ts';
import { command, dateIn, newId, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { readHeader } from './columns.ts';
import { recordsOf } from './csv.ts';
import { openContent, registrationFileScope, sealContent } from './file-queries.ts';
import { addDuplicates, findFileByContent, finish, insertFile, lockFile, type RefusedRow, recordRows, refusedRows } from './file-store.ts';
import { type ReadRow, readRow, reasonsOf } from './rows.ts';
import { tooManyDuplicates } from './rules.ts';
import type { RegistrationFile } from './types.ts';

/** A file as its sender is answered. */
export type ReceivedFile = RegistrationFile & { readonly alreadyReceived: boolean };

/**
 * Takes in a file whole and sealed; its rows are taken afterwards. The same file again changes nothing.
 * @throws unprocessable when it cannot be read or its header is wrong
 */
export const receiveFile = command<{ programmeId: string; csv: string }, ReceivedFile>({
  name: 'intake.receive_file',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, actor, now, keyRing }, { programmeId, csv }) {
    await programmeById(tx, programmeId);
    const contentIndex = keyRing.blindIndex('registration-file', csv);
    const id = newId();
    const earlier = await findFileByContent(tx, programmeId, contentIndex);
    if (!earlier) {
      const totalRows = await countRows(csv);
      const isNew = await insertFile(
        tx,
        { id, programmeId, contentIndex, content: sealContent(keyRing, id, csv), totalRows },
        actor.id,
        now,
      );
      if (isNew) {
        const file: RegistrationFile = {
          id,
          programmeId,
          state: 'received',
          totalRows,
          doneRows: 0,
          acceptedRows: 0,
          refusedRows: 0,
          duplicateRows: 0,
          uploadedAt: now.toISOString(),
          finishedAt: null,
        };
        return {
          result: { ...file, alreadyReceived: false },
          subject: { type: 'registration_file', id },
          after: file,
          followUps: [{ job: 'intake.take_file', payload: { fileId: id } }],
        };
      }
    }
    // Somebody may have sent the same file while this one was being read.
    const same = earlier ?? (await findFileByContent(tx, programmeId, contentIndex));
    if (!same) throw problem.conflict('The same file is being received. Try again.');
    return { result: { ...same.file, alreadyReceived: true }, subject: { type: 'registration_file', id: same.file.id } };
  },
});

async function countRows(csv: string): Promise<number> {
  let records = 0;
  for await (const record of recordsOf(csv)) {
    if (records === 0) readHeader(record);
    records += 1;
  }
  if (records === 0) throw problem.unprocessable('The file is empty.');
  return records - 1;
}

export interface Batch {
  readonly fileId: string;
  readonly header: readonly string[];
  /** 1 is the first row after the header. */
  readonly firstRow: number;
  readonly rows: readonly (readonly string[])[];
}

/**
 * Takes the next rows of a file: the good ones are entered, the bad ones kept with reasons. Rows that were taken are not taken again.
 * @returns how many rows were taken, and who was entered
 */
export const takeRows = command<Batch, { taken: number; ids: readonly string[] }>({
  name: 'intake.take_rows',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run(context, { fileId, header: headerCells, firstRow, rows }) {
    const { tx, now } = context;
    const subject = { type: 'registration_file', id: fileId };
    const stored = await lockFile(tx, fileId);
    if (!stored || stored.file.finishedAt || stored.file.doneRows !== firstRow - 1) return { result: { taken: 0, ids: [] }, subject };
    const { file, uploadedBy } = stored;
    const { programme } = await programmeById(tx, file.programmeId);
    const header = readHeader(headerCells);
    const today = dateIn(programme.timeZone, now);
    const read = rows.map((cells) => readRow(header, cells, today));
    const placeOf = await findPlaces(
      tx,
      read.flatMap(({ registration }) => (isPlaced(registration) ? [registration] : [])),
    );
    const checked = read.map((row, i) => ({ rowNumber: firstRow + i, ...locate(row, placeOf) }));
    const good = checked.flatMap(({ rowNumber, candidate }) => (candidate ? [{ rowNumber, candidate }] : []));
    const { ids } = await admit(
      context,
      file.programmeId,
      { enteredBy: uploadedBy, source: 'file', sourceId: fileId },
      good.map(({ rowNumber, candidate }) => ({ ...candidate, sourceRow: rowNumber })),
    );
    const entered = new Map(good.map(({ rowNumber }, i) => [rowNumber, ids[i] ?? null]));
    const taken = checked.map(({ rowNumber, faults }) => ({
      rowNumber,
      beneficiaryId: entered.get(rowNumber) ?? null,
      reasons: reasonsOf(header, faults),
    }));
    await recordRows(tx, fileId, taken);
    const after = {
      doneRows: file.doneRows + rows.length,
      accepted: good.length,
      refused: rows.length - good.length,
    };
    return { result: { taken: rows.length, ids }, subject, before: { doneRows: file.doneRows }, after };
  },
});

/** Counts the people of a file who were entered and are held as duplicates. @returns whether they are more than the programme accepts */
export const countDuplicates = command<{ fileId: string; duplicates: number }, { tooMany: boolean }>({
  name: 'intake.count_duplicates',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx }, { fileId, duplicates }) {
    const subject = { type: 'registration_file', id: fileId };
    const stored = await lockFile(tx, fileId);
    if (!stored || stored.file.finishedAt) return { result: { tooMany: false }, subject };
    const { programme } = await programmeById(tx, stored.file.programmeId);
    const duplicateRows = stored.file.duplicateRows + duplicates;
    await addDuplicates(tx, fileId, duplicates);
    return {
      result: { tooMany: tooManyDuplicates(duplicateRows, stored.file.doneRows, programme.duplicateLimit) },
      subject,
      after: { duplicateRows },
    };
  },
});

const isPlaced = (registration: Partial<Registration>): registration is Partial<Registration> & WrittenPlace =>
  registration.wilaya !== undefined && registration.commune !== undefined;

function locate(
  { registration, faults: found }: ReadRow,
  placeOf: (place: WrittenPlace) => FoundPlace,
): { faults: readonly Fault[]; candidate?: Candidate } {
  if (!isPlaced(registration)) return { faults: found };
  const { wilayaNumber, commune } = placeOf(registration);
  if (!wilayaNumber) return { faults: [...found, { pointer: '/wilaya', code: 'wilaya_unknown' }] };
  if (!commune) return { faults: [...found, { pointer: '/commune', code: 'commune_unknown' }] };
  // Without a fault every part of the registration could be read.
  return found.length > 0
    ? { faults: found }
    : { faults: [], candidate: { registration: normalised(registration as Registration), place: { wilayaNumber, commune } } };
}

/** Closes a file whose rows are all taken, or that stops because of its duplicates. */
export const finishFile = command<{ fileId: string; state: 'done' | 'stopped' }, { finished: boolean }>({
  name: 'intake.finish_file',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx, now }, { fileId, state }) {
    const subject = { type: 'registration_file', id: fileId };
    const stored = await lockFile(tx, fileId);
    if (!stored || stored.file.finishedAt) return { result: { finished: false }, subject };
    await finish(tx, fileId, state, now);
    return { result: { finished: true }, subject, before: { state: stored.file.state }, after: { state } };
  },
});

/** Opens a file to give its refused rows back to the field. Like every reading of people, it leaves a trace. */
export const readRefusedRows = command<{ fileId: string }, { csv: string; refused: RefusedRow[] }>({
  name: 'intake.read_file',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx, keyRing }, { fileId }) {
    const result = { csv: await openContent(tx, keyRing, fileId), refused: await refusedRows(tx, fileId) };
    return { result, subject: { type: 'registration_file', id: fileId } };
  },
});
