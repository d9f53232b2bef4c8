import { setImmediate } from 'node:timers/promises';
import {
  type Applicant,
  applicantOf,
  type Candidate,
  type Language,
  normalised,
  placeFaults,
  type Registration,
  type WrittenPlace,
} from '../beneficiaries/index.ts';
import { normalForm } from '../matching/index.ts';
import { type Clock, type Db, dateIn, type KeyRing } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { openRows } from './chunks.ts';
import type { StoredFile } from './file-store.ts';
import { cellAt, type Layout, layoutOf } from './mapping.ts';
import { Gazetteer } from './places.ts';
import { type EnteredBefore, fileRowAt, type StoredChunk, type SubmissionKeys } from './row-store.ts';
import { type Assumption, OWN_HOUSEHOLD, type ReadRow, type RowFault, readRow } from './rows.ts';

/** Between so many people who are made ready others have their turn, so that neither the database nor a request waits for a whole batch. */
const AT_A_TIME = 25;

/** A row that was read: somebody who can be entered, or faults. */
export interface PreparedRow<Who extends Candidate = Candidate> {
  /** Of the file, as a spreadsheet shows it. */
  readonly rowNumber: number;
  readonly faults: readonly RowFault[];
  /** There unless there are faults. */
  readonly candidate?: Who;
  /** Keyed digest of what the form tool calls the submission, where it says so. */
  readonly submission?: Buffer;
  /** Keyed digest of the submission and of who this is, where it says both: whom it entered before is known by it wherever they stand in it now. */
  readonly who?: Buffer;
  /** The digest of the whole, where the submission is one person of several. */
  readonly partOf?: Buffer;
  /** What was taken for granted because the row does not say it. */
  readonly assumed: readonly Assumption[];
}

/** Reads the rows of one file, for the dry run and the run alike. What rows have in common is looked up once. */
export class Preparation {
  readonly #fileId: string;
  readonly #programmeId: string;
  readonly #layout: Layout;
  readonly #today: string;
  /** Of whom no other is known. */
  readonly language: Language;
  readonly #keyRing: KeyRing;
  readonly #gazetteer: Gazetteer;
  readonly #repeated: RowFault;
  /** Share of duplicates above which the file stops, as decimal text. */
  readonly duplicateLimit: string;
  /** Probability from which on a person is held. */
  readonly holdThreshold: number;

  private constructor(
    { file, header, mapping, dateOrders }: StoredFile,
    programme: Awaited<ReturnType<typeof programmeById>>['programme'],
    today: string,
    db: Db,
    keyRing: KeyRing,
  ) {
    this.#fileId = file.id;
    this.#programmeId = file.programmeId;
    this.#layout = layoutOf(header, mapping ?? new Map(), { orders: dateOrders, from1904: file.format.from1904 });
    this.#today = today;
    this.language = programme.messages.language;
    this.#keyRing = keyRing;
    this.#gazetteer = new Gazetteer(db);
    this.duplicateLimit = programme.duplicateLimit;
    this.holdThreshold = Number(programme.holdThreshold);
    this.#repeated = { cell: cellAt(this.#layout, '/submission'), code: 'submission_twice' };
  }

  static async of(file: StoredFile, { db, keyRing, clock }: { db: Db; keyRing: KeyRing; clock: Clock }): Promise<Preparation> {
    const { programme } = await programmeById(db, file.file.programmeId);
    return new Preparation(file, programme, dateIn(programme.timeZone, clock.now()), db, keyRing);
  }

  /** Opens a chunk and reads its rows. */
  async rowsOf(chunk: StoredChunk): Promise<PreparedRow[]> {
    const read = openRows(this.#keyRing, this.#fileId, chunk).map((cells) => readRow(this.#layout, cells, this.#today, this.language));
    await this.#gazetteer.lookUp(read.flatMap(({ registration }) => (isPlaced(registration) ? [registration] : [])));
    return read.map((row, i) => ({
      rowNumber: fileRowAt(chunk, i),
      assumed: row.assumed,
      ...this.#located(row, chunk.firstRow + i),
      ...this.#submissionOf(row),
    }));
  }

  /** As {@link rowsOf}, with people who are ready to be entered. */
  async readyRowsOf(chunk: StoredChunk): Promise<PreparedRow<Applicant>[]> {
    const ready: PreparedRow<Applicant>[] = [];
    for (const { candidate, ...row } of await this.rowsOf(chunk)) {
      if (ready.length % AT_A_TIME === 0) await setImmediate();
      ready.push(candidate ? { ...row, candidate: applicantOf(this.#keyRing, this.#programmeId, candidate) } : row);
    }
    return ready;
  }

  #located({ registration, faults }: ReadRow, sourceRow: number): { faults: readonly RowFault[]; candidate?: Candidate } {
    if (!isPlaced(registration)) return { faults };
    const found = this.#gazetteer.find(registration);
    const nowhere = placeFaults(found).map(({ pointer, code }) => ({ cell: cellAt(this.#layout, pointer), code }));
    const [{ wilayaNumber, commune }, all] = [found, [...faults, ...nowhere]];
    if (all.length > 0 || !wilayaNumber || !commune) return { faults: all };
    // Without a fault every part of the registration could be read.
    return {
      faults: [],
      candidate: {
        registration: this.#housed(normalised(registration as Registration), sourceRow),
        place: { wilayaNumber, commune },
        sourceRow,
      },
    };
  }

  #housed(registration: Registration, sourceRow: number): Registration {
    if (registration.household.reference !== OWN_HOUSEHOLD || this.#layout.positions.has('household')) return registration;
    return { ...registration, household: { ...registration.household, reference: `${this.#fileId}/${sourceRow}` } };
  }

  #submissionOf({ submissionKey, registration }: ReadRow): Pick<PreparedRow, 'submission' | 'who' | 'partOf'> {
    if (submissionKey === '') return {};
    const digest = (key: string) => this.#keyRing.blindIndex('submission', key);
    const end = submissionKey.lastIndexOf('/');
    const whole = end > 0 ? submissionKey.slice(0, end) : submissionKey;
    const person = personIn(registration);
    return {
      submission: digest(submissionKey),
      ...(person === undefined ? {} : { who: digest(`${whole}\n${person}`) }),
      ...(end > 0 ? { partOf: digest(whole) } : {}),
    };
  }

  /** Why a row is not put into the household that it names. @param row another that it has to do with */
  householdFault(code: RowFault['code'], row?: number): RowFault {
    return { cell: cellAt(this.#layout, '/household'), code, ...(row === undefined ? {} : { row }) };
  }

  /**
   * Sets those rows apart whose submission was entered before, and refuses those that repeat one of this file. Whoever a submission entered is
   * known wherever they stand in it now; somebody new in a place where another was is entered, unless that other is in it no longer.
   */
  sorted<Who extends Candidate>(rows: readonly PreparedRow<Who>[], entered: ReadonlyMap<string, EnteredBefore>): SortedRows<Who> {
    const seen = new Set<string>();
    const peopleHere = new Set(rows.flatMap(({ who }) => who?.toString('hex') ?? []));
    const peopleBefore = new Set([...entered.values()].flatMap(({ who, inThisFile }) => (who && !inThisFile ? [who] : [])));
    const sorted = { good: [] as GoodRow<Who>[], bad: [] as PreparedRow[], known: 0, knownDifferently: [] as number[] };
    for (const row of rows) {
      const key = row.submission?.toString('hex');
      const before = key === undefined ? undefined : entered.get(key);
      const isRepeated = key !== undefined && (seen.has(key) || before?.inThisFile === true);
      if (key !== undefined) seen.add(key);
      if (isRepeated) {
        sorted.bad.push({ ...row, faults: [...row.faults, this.#repeated] });
        continue;
      }
      if (row.who && peopleBefore.has(row.who.toString('hex'))) sorted.known += 1;
      else if (before && !(before.who && peopleHere.has(before.who))) {
        sorted.known += 1;
        if (before.who) sorted.knownDifferently.push(row.rowNumber);
      } else {
        const fresh = before ? elsewhereInIt(row) : row;
        if (fresh.candidate) sorted.good.push({ ...fresh, candidate: fresh.candidate });
        else sorted.bad.push(fresh);
      }
    }
    return sorted;
  }
}

/** What tells the people of a submission apart, as one text; undefined where the row does not say it. */
function personIn({ names, birth, documents = [] }: ReadRow['registration']): string | undefined {
  if (!names || !birth) return undefined;
  const papers = documents.map(({ issuingCountry, number }) => normalForm(`${issuingCountry} ${number}`)).sort();
  return JSON.stringify([normalForm([names.given, names.middle, names.family].filter(Boolean).join(' ')), birth.from, birth.to, ...papers]);
}

/** Somebody in a place of a submission that is another's already: they go by who they are. */
const elsewhereInIt = <Who extends Candidate>({ submission, who, partOf = submission, ...row }: PreparedRow<Who>): PreparedRow<Who> => ({
  ...row,
  ...(who ? { submission: who, who } : {}),
  ...(partOf ? { partOf } : {}),
});

export type GoodRow<Who extends Candidate = Candidate> = PreparedRow<Who> & { readonly candidate: Who };

/** Rows by what becomes of them. */
export interface SortedRows<Who extends Candidate = Candidate> {
  readonly good: readonly GoodRow<Who>[];
  readonly bad: readonly PreparedRow[];
  readonly known: number;
  /** Those of them of whom something else is written now than was entered. */
  readonly knownDifferently: readonly number[];
}

/** What the submissions that rows belong to are looked up by. */
export const submissionsOf = (rows: readonly PreparedRow[]): SubmissionKeys => ({
  keys: rows.flatMap(({ submission }) => submission ?? []),
  whos: rows.flatMap(({ who }) => who ?? []),
});

const isPlaced = (registration: Partial<Registration>): registration is Partial<Registration> & WrittenPlace =>
  registration.wilaya !== undefined && registration.commune !== undefined;
