import { system } from '../access/index.ts';
import { type DuplicateCheck, knownHouseholds, type Rehearsal, type Resemblance } from '../beneficiaries/index.ts';
import { type Ground, Interrupted } from '../platform/index.ts';
import { type PlacedRows, placed, rehearsedAs } from './begun-households.ts';
import { recordCheck, restartCheck } from './check-rows.ts';
import type { StoredFile } from './file-store.ts';
import { findFile } from './file-store.ts';
import { FindingsSoFar } from './findings.ts';
import { type GoodRow, Preparation, type PreparedRow, submissionsOf } from './prepare.ts';
import { RowIndex } from './row-index.ts';
import { chunkAfter, enteredSubmissions } from './row-store.ts';
import type { DuplicateRow, Findings, HouseholdSizeRow, KnownHouseholdRow } from './types.ts';

const asSystem = { actor: system };

/**
 * Reads the rows of a file as the run would, and enters nobody. What it knows of the rows behind it is its own, so a dry run whose process
 * ends begins anew.
 * @param closing tells that the process is about to end
 */
export async function checkFile(ground: Ground, duplicates: DuplicateCheck, fileId: string, closing: AbortSignal): Promise<void> {
  const { db, execute } = ground;
  let stored: StoredFile | undefined | null = await findFile(db, fileId);
  if (stored?.file.findings?.checkedRows) stored = await execute(restartCheck, { fileId }, asSystem);
  if (stored?.file.state !== 'checking') return;
  const { attempt, file } = stored;
  await duplicates.ready(file.programmeId, closing);
  const basis = await duplicates.basis(db, file.programmeId);
  await checkRows(ground, duplicates, stored, file.totalRows, closing, async ({ bad, findings }) => {
    const isLast = findings.checkedRows === file.totalRows;
    const { goesOn } = await execute(recordCheck(bad), { fileId, attempt, findings, basis: isLast ? basis : null }, asSystem);
    return goesOn;
  });
}

/** What a reading of rows has found so far, and the rows of the last batch that it refused. */
interface Reading {
  readonly bad: readonly PreparedRow[];
  readonly findings: Findings;
}

/**
 * Reads and compares rows of a file from the first one on, batch after batch, and enters nobody.
 * @param count how many of them, to the end of a batch
 * @param goesOn is told what has been found after each batch, and whether to go on
 * @returns whether it came to their end
 * @throws Interrupted
 */
export async function checkRows(
  ground: Ground,
  duplicates: DuplicateCheck,
  stored: StoredFile,
  count: number,
  closing: AbortSignal,
  goesOn: (reading: Reading) => Promise<boolean>,
): Promise<boolean> {
  const { id, programmeId } = stored.file;
  const preparation = await Preparation.of(stored, ground);
  const rehearsal = duplicates.rehearse(programmeId);
  try {
    const check = new Check(ground, rehearsal, stored, preparation, count);
    for (let checkedRows = 0; ; ) {
      if (closing.aborted) throw new Interrupted();
      const chunk = await chunkAfter(ground.db, id, checkedRows);
      const reading = await check.batch(chunk ? await preparation.rowsOf(chunk) : []);
      checkedRows = reading.findings.checkedRows;
      if (!(await goesOn(reading))) return false;
      if (checkedRows >= count) return true;
    }
  } finally {
    await rehearsal.end();
  }
}

/** A reading of rows that enters nobody, and what it knows of the rows behind it. */
class Check {
  readonly #ground: Ground;
  readonly #rehearsal: Rehearsal;
  readonly #stored: StoredFile;
  readonly #preparation: Preparation;
  readonly #findings: FindingsSoFar;
  readonly #submissions = new RowIndex();
  readonly #households = new RowIndex();
  /** The size that a household was said to have first: kept as rows are. */
  readonly #sizesSaid = new RowIndex();
  readonly #heads = new RowIndex();
  readonly #begun = new RowIndex();
  /** Rows that were compared and then refused, because their household has a head. */
  readonly #refused = new Set<number>();

  constructor(ground: Ground, rehearsal: Rehearsal, stored: StoredFile, preparation: Preparation, count: number) {
    this.#ground = ground;
    this.#rehearsal = rehearsal;
    this.#stored = stored;
    this.#preparation = preparation;
    this.#findings = new FindingsSoFar(preparation, count);
  }

  async batch(rows: readonly PreparedRow[]): Promise<Reading> {
    const { db } = this.#ground;
    const { programmeId, id } = this.#stored.file;
    const entered = await enteredSubmissions(db, programmeId, submissionsOf(rows), id);
    for (const { submission, rowNumber } of rows) {
      const key = submission?.toString('hex');
      const earlier = key && this.#submissions.first(key, rowNumber);
      // A repetition within the batch is seen by who sorts it.
      if (key && earlier && earlier < (rows[0]?.rowNumber ?? 0)) entered.set(key, { inThisFile: true, who: null });
    }
    const readable = this.#preparation.sorted(rows, entered);
    const alike = await this.#resemblances(readable.good);
    const sorted = await placed(
      {
        db,
        preparation: this.#preparation,
        stored: this.#stored,
        resembling: async () => alike,
        headOf: (reference) => this.#heads.find(reference),
      },
      readable,
    );
    const good = new Set(sorted.good.map(({ rowNumber }) => rowNumber));
    for (const { rowNumber } of readable.good) if (!good.has(rowNumber)) this.#refused.add(rowNumber);
    for (const {
      rowNumber,
      candidate: { registration },
    } of sorted.good)
      if (registration.relationship === 'head') this.#heads.first(registration.household.reference, rowNumber);
    const begunElsewhere = this.#firstNamed(sorted.begunElsewhere);
    const duplicates = this.#duplicatesAmong(sorted.good, alike);
    const { households, otherSizes } = await this.#sizes(sorted.good);
    return { bad: sorted.bad, findings: this.#findings.add({ ...sorted, begunElsewhere, otherSizes }, duplicates, households) };
  }

  async #resemblances(good: readonly GoodRow[]): Promise<ReadonlyMap<number, readonly Resemblance[]>> {
    const found = await this.#rehearsal.add(rehearsedAs(good));
    return new Map(good.map(({ rowNumber }, i) => [rowNumber, found[i] ?? []]));
  }

  /** The rows that would be held, each with the likeliest earlier row, which can be taken out of the file, or else the likeliest person. */
  #duplicatesAmong(good: readonly GoodRow[], alike: ReadonlyMap<number, readonly Resemblance[]>): DuplicateRow[] {
    return good.flatMap(({ rowNumber }): DuplicateRow[] => {
      const likely = (alike.get(rowNumber) ?? []).filter((one) => one.holds && !('earlierRow' in one && this.#refused.has(one.earlierRow)));
      const [shown] = [...likely.filter((one) => 'earlierRow' in one), ...likely];
      if (!shown) return [];
      const { holds: _holds, ...likeness } = shown;
      return [{ rowNumber, ...likeness, probability: Math.round(likeness.probability * 1000) / 1000 }];
    });
  }

  // Each household at the first row that names it.
  #firstNamed(begun: PlacedRows['begunElsewhere']): KnownHouseholdRow[] {
    return [...begun].flatMap(([rowNumber, { id }]) =>
      this.#begun.first(id, rowNumber) === undefined ? [{ rowNumber, householdId: id }] : [],
    );
  }

  /** How many households the rows name first, and which of the rows state another size of theirs than counts. */
  async #sizes(good: readonly GoodRow[]): Promise<{ households: number; otherSizes: HouseholdSizeRow[] }> {
    const named = good.map(({ rowNumber, candidate }) => ({ rowNumber, ...candidate.registration.household }));
    const known = await knownHouseholds(
      this.#ground.db,
      this.#stored.file.programmeId,
      named.map(({ reference }) => reference),
    );
    let households = 0;
    const otherSizes: HouseholdSizeRow[] = [];
    for (const { rowNumber, reference, size } of named) {
      const household = known.get(reference);
      const countingRow = this.#households.first(reference, rowNumber);
      const counts = household?.size ?? this.#sizesSaid.first(reference, size) ?? size;
      if (countingRow === undefined && !household) households += 1;
      if (size === counts) continue;
      otherSizes.push({ rowNumber, ...(household ? { householdId: household.id } : { countingRow: countingRow ?? rowNumber }) });
    }
    return { households, otherSizes };
  }
}
