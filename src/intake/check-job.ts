import { system } from '../access/index.ts';
import { type DuplicateCheck, knownHouseholds, particularsOf } from '../beneficiaries/index.ts';
import { profileOf } from '../matching/index.ts';
import { type Ground, Interrupted } from '../platform/index.ts';
import { type PlacedRows, placed } from './begun-households.ts';
import { recordCheck, restartCheck } from './check-rows.ts';
import type { StoredFile } from './file-store.ts';
import { findFile } from './file-store.ts';
import { FindingsSoFar, noFindings } from './findings.ts';
import { type GoodRow, Preparation, type PreparedRow, submissionsOf } from './prepare.ts';
import { RowIndex } from './row-index.ts';
import { chunkAfter, enteredSubmissions } from './row-store.ts';
import type { DuplicateRow, KnownHouseholdRow } from './types.ts';

const asSystem = { actor: system };

/**
 * Reads the rows of a file as the run would, and enters nobody. What it knows of the rows behind it is kept in memory, so a dry run whose
 * process ends begins anew.
 * @param closing tells that the process is about to end
 */
export async function checkFile(ground: Ground, duplicates: DuplicateCheck, fileId: string, closing: AbortSignal): Promise<void> {
  const { db, execute } = ground;
  let stored: StoredFile | undefined | null = await findFile(db, fileId);
  if (stored?.file.findings?.checkedRows) stored = await execute(restartCheck, { fileId }, asSystem);
  if (stored?.file.state !== 'checking') return;
  await duplicates.ready(stored.file.programmeId, closing);
  const check = new Check(ground, duplicates, stored, await Preparation.of(stored, ground));
  const { attempt, file } = stored;
  let findings = noFindings;
  for (;;) {
    if (closing.aborted) throw new Interrupted();
    const chunk = await chunkAfter(db, fileId, findings.checkedRows);
    const { bad, ...batch } = chunk ? await check.batch(await check.preparation.rowsOf(chunk)) : { bad: [], findings };
    findings = batch.findings;
    const isLast = findings.checkedRows === file.totalRows;
    const { goesOn } = await execute(recordCheck(bad), { fileId, attempt, findings, isLast }, asSystem);
    if (isLast || !goesOn) return;
  }
}

/** A reading of rows that enters nobody, and what it knows of the rows behind it. */
export class Check {
  readonly preparation: Preparation;
  readonly #ground: Ground;
  readonly #duplicates: DuplicateCheck;
  readonly #stored: StoredFile;
  readonly #findings: FindingsSoFar;
  readonly #submissions = new RowIndex();
  readonly #households = new RowIndex();
  readonly #begun = new RowIndex();
  readonly #people = new RowIndex();

  constructor(ground: Ground, duplicates: DuplicateCheck, stored: StoredFile, preparation: Preparation) {
    this.preparation = preparation;
    this.#ground = ground;
    this.#duplicates = duplicates;
    this.#stored = stored;
    this.#findings = new FindingsSoFar(preparation);
  }

  async batch(rows: readonly PreparedRow[]) {
    const { db } = this.#ground;
    const { programmeId, id } = this.#stored.file;
    const entered = await enteredSubmissions(db, programmeId, submissionsOf(rows), id);
    for (const { submission, rowNumber } of rows) {
      const key = submission?.toString('hex');
      const earlier = key && this.#submissions.first(key, rowNumber);
      // A repetition within the batch is seen by who sorts it.
      if (key && earlier && earlier < (rows[0]?.rowNumber ?? 0)) entered.set(key, { inThisFile: true, who: null });
    }
    const sorted = await placed(db, this.#duplicates, this.preparation, this.#stored, this.preparation.sorted(rows, entered));
    const begunElsewhere = this.#firstNamed(sorted.begunElsewhere);
    const duplicates = await this.#duplicatesAmong(sorted.good);
    return {
      bad: sorted.bad,
      findings: this.#findings.add({ ...sorted, begunElsewhere }, duplicates, await this.#newHouseholds(sorted.good)),
    };
  }

  async #duplicatesAmong(good: readonly GoodRow[]): Promise<DuplicateRow[]> {
    const { programmeId } = this.#stored.file;
    const people = good.map(({ candidate: { registration, place } }) => particularsOf(registration, place));
    const likenesses = await this.#duplicates.probe(this.#ground.db, programmeId, people);
    return good.flatMap(({ rowNumber }, i): DuplicateRow[] => {
      const earlierRow = this.#earlierRow(rowNumber, people[i] as (typeof people)[number]);
      if (earlierRow !== undefined) return [{ rowNumber, earlierRow }];
      const likeness = likenesses[i];
      return likeness && likeness.probability >= this.preparation.holdThreshold
        ? [{ rowNumber, ...likeness, probability: Math.round(likeness.probability * 1000) / 1000 }]
        : [];
    });
  }

  /**
   * The row of the file that says before: the same document; or the same birth under a name that sounds the same, whole or the given name
   * alone at the same place. In the pilot's file each of these was a repetition whenever it was found.
   */
  #earlierRow(rowNumber: number, particulars: ReturnType<typeof particularsOf>): number | undefined {
    const { g = [], f = [], b = '', d = [], l = [] } = profileOf(particulars);
    const [given, whole] = [g, [...g, ...f]].map((words) => words.map(([, sound]) => sound).sort());
    const isDay = b.length === 8;
    const texts = [
      ...d.map((document) => `document ${document}`),
      ...(isDay && (whole?.length ?? 0) > 1 ? [`person ${b} ${whole?.join(' ')}`] : []),
      ...(isDay && given?.length ? [`neighbour ${b} ${given.join(' ')} ${l.join('/')}`] : []),
    ];
    const earlier = texts.map((text) => this.#people.first(text, rowNumber));
    return earlier.find((row) => row !== undefined && row !== rowNumber);
  }

  // Each household at the first row that names it.
  #firstNamed(begun: PlacedRows['begunElsewhere']): KnownHouseholdRow[] {
    return [...begun].flatMap(([rowNumber, { id }]) =>
      this.#begun.first(id, rowNumber) === undefined ? [{ rowNumber, householdId: id }] : [],
    );
  }

  async #newHouseholds(good: readonly GoodRow[]): Promise<number> {
    const references = good
      .map(({ rowNumber, candidate }) => ({ rowNumber, reference: candidate.registration.household.reference }))
      .filter(({ rowNumber, reference }) => this.#households.first(reference, rowNumber) === undefined)
      .map(({ reference }) => reference);
    const known = await knownHouseholds(this.#ground.db, this.#stored.file.programmeId, references);
    return references.length - known.size;
  }
}
