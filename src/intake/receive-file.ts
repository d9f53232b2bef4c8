import { command, problem } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { beginRun, findFile, findFileByContent, insertChunk, insertFile, type NewFile, type StoredFile } from './file-store.ts';
import { guessColumns } from './guessing.ts';
import { mappingFaults, saidOfDates, settledMapping } from './mapping.ts';
import { findMapping, type Meaning } from './mapping-store.ts';
import type { StagedFile } from './staging.ts';
import type { FileColumn } from './types.ts';
import { say } from './words.ts';

/** A file as its sender is answered. */
export type ReceivedFile = StoredFile & { readonly alreadyReceived: boolean };

export interface Reception {
  readonly programmeId: string;
  /** Keyed digest of the bytes, in hexadecimal: the same key with other bytes is another request. */
  readonly content: string;
  /** Whether to run the file at once when every column is known. */
  readonly start: boolean;
  /** A mapping that was saved under this name. */
  readonly mapping: string | null;
  /** Whether its people may join households that another source has begun. */
  readonly continuesHouseholds?: boolean;
  /** Who answers for a file that the platform fetched itself; otherwise whoever sends it. */
  readonly uploadedBy?: string;
}

/**
 * Records a file that was read to its end, with its rows; they are taken afterwards. The same file again changes nothing.
 * @param staged the file; it is read in the transaction, chunk by chunk
 * @throws not_found when there is no mapping of that name
 */
export const receiveFile = (staged: StagedFile) =>
  command<Reception, ReceivedFile>({
    name: 'intake.receive_file',
    scope: (_db, { programmeId }) => ({ programme: programmeId }),
    async run({ tx, actor, now }, { programmeId, start, mapping: name, continuesHouseholds = false, uploadedBy = actor.id }) {
      await programmeById(tx, programmeId);
      const saved = name === null ? { mapping: new Map(), dateOrders: new Map() } : await findMapping(tx, programmeId, name);
      if (!saved) throw problem.not_found(say('mapping_unknown'));
      const { columns, mapping, dateOrders } = decide(staged, saved);
      const known = { columns, mapping, dateOrders, continuesHouseholds };
      if (!(await insertFile(tx, programmeId, staged, known, uploadedBy, now))) {
        const same = await findFileByContent(tx, programmeId, staged.contentIndex);
        if (!same) throw problem.conflict(say('file_being_received'));
        return { result: { ...same, alreadyReceived: true }, subject: { type: 'registration_file', id: same.file.id } };
      }
      for await (const chunk of staged.chunks()) await insertChunk(tx, staged.id, chunk);
      const received = (await findFile(tx, staged.id)) as StoredFile;
      const runs = start && mapping !== null;
      const stored = runs ? await beginRun(tx, received, 0) : received;
      return {
        result: { ...stored, alreadyReceived: false },
        subject: { type: 'registration_file', id: staged.id },
        after: stored.file,
        followUps: runs ? [{ job: 'intake.run_file', payload: { fileId: staged.id } }] : [],
      };
    },
  });

function decide({ header, shapes, dates }: StagedFile, saved: Meaning): Omit<NewFile, 'continuesHouseholds'> {
  const guesses = guessColumns(header);
  const settled = settledMapping(header, guesses, saved.mapping);
  const columns = header.map((cell, i): FileColumn => {
    const known = settled.get(cell);
    const guess = known === undefined ? guesses[i] : ({ guess: known, confidence: 'certain' } as const);
    const counts = dates[i];
    const isDated = counts && counts.dayFirst + counts.monthFirst + counts.either > 0;
    return {
      header: cell,
      shapes: [...(shapes[i] ?? [])],
      guess: null,
      confidence: 'none',
      ...guess,
      ...(isDated ? { dates: counts } : {}),
    };
  });
  const dateOrders = new Map([...saidOfDates(columns, saved.dateOrders)].filter(([cell]) => header.includes(cell)));
  return { columns, mapping: mappingFaults(header, settled).length === 0 ? settled : null, dateOrders };
}
