import type { FaultCode, Language } from '../beneficiaries/index.ts';
import type { PreparedRow, SortedRows } from './prepare.ts';
import { type Assumption, assumptions } from './rows.ts';
import { tooManyDuplicates } from './rules.ts';
import type { DuplicateRow, Findings, HouseholdSizeRow, KnownHouseholdRow } from './types.ts';

/** More than anybody corrects in one go. */
const REASONS_SHOWN = 200;
const DUPLICATES_SHOWN = 100;
const HOUSEHOLDS_SHOWN = 100;
const KNOWN_SHOWN = 100;
const SIZES_SHOWN = 100;

export const noFindings: Findings = {
  checkedRows: 0,
  acceptableRows: 0,
  refusedRows: 0,
  knownRows: 0,
  knownDifferently: { count: 0, first: [] },
  reasons: [],
  duplicates: { withinFile: 0, withOthers: 0, first: [] },
  knownHouseholds: { count: 0, first: [] },
  householdSizes: { count: 0, first: [] },
  notes: [],
  tooManyDuplicates: false,
  cost: { people: 0, households: 0, decisions: 0 },
};

/** Adds up what a dry run finds, batch by batch. */
export class FindingsSoFar {
  readonly #limit: string;
  readonly #rows: number;
  readonly #language: Language;
  readonly #reasons = new Map<string, { cell: string; code: FaultCode; rows: number }>();
  #findings = noFindings;

  /**
   * @param duplicateLimit share of duplicates above which the file stops, as decimal text
   * @param language of whom no other is known
   * @param rows how many rows are looked at
   */
  constructor({ duplicateLimit, language }: { readonly duplicateLimit: string; readonly language: Language }, rows: number) {
    this.#limit = duplicateLimit;
    this.#rows = rows;
    this.#language = language;
  }

  /** @param duplicates those of the good rows that may be somebody else @param households how many new ones the good rows name */
  add(
    {
      good,
      bad,
      known,
      knownDifferently,
      begunElsewhere,
      otherSizes,
    }: SortedRows & { readonly begunElsewhere: readonly KnownHouseholdRow[]; readonly otherSizes: readonly HouseholdSizeRow[] },
    duplicates: readonly DuplicateRow[],
    households: number,
  ): Findings {
    const before = this.#findings;
    const withinFile = duplicates.filter(({ earlierRow }) => earlierRow !== undefined).length;
    const checkedRows = before.checkedRows + good.length + bad.length + known;
    const found = {
      withinFile: before.duplicates.withinFile + withinFile,
      withOthers: before.duplicates.withOthers + duplicates.length - withinFile,
      first: [...before.duplicates.first, ...duplicates].slice(0, DUPLICATES_SHOWN),
    };
    const decisions = found.withinFile + found.withOthers;
    const people = before.cost.people + good.length;
    const isOver = tooManyDuplicates(decisions, this.#rows, this.#limit);
    this.#findings = {
      checkedRows,
      acceptableRows: before.acceptableRows + good.length,
      refusedRows: before.refusedRows + bad.length,
      knownRows: before.knownRows + known,
      knownDifferently: {
        count: (before.knownDifferently?.count ?? 0) + knownDifferently.length,
        first: [...(before.knownDifferently?.first ?? []), ...knownDifferently].slice(0, KNOWN_SHOWN),
      },
      reasons: this.#count(bad),
      duplicates: found,
      knownHouseholds: {
        count: before.knownHouseholds.count + begunElsewhere.length,
        first: [...before.knownHouseholds.first, ...begunElsewhere].slice(0, HOUSEHOLDS_SHOWN),
      },
      householdSizes: {
        count: (before.householdSizes?.count ?? 0) + otherSizes.length,
        first: [...(before.householdSizes?.first ?? []), ...otherSizes].slice(0, SIZES_SHOWN),
      },
      notes: this.#noted(good),
      tooManyDuplicates: isOver,
      ...(isOver ? { overLimit: { duplicates: decisions, rows: checkedRows } } : {}),
      cost: { people, households: before.cost.households + households, decisions },
    };
    return this.#findings;
  }

  #noted(good: readonly PreparedRow[]): Findings['notes'] {
    const rows = (code: Assumption): number =>
      (this.#findings.notes.find((note) => note.code === code)?.rows ?? 0) + good.filter(({ assumed }) => assumed.includes(code)).length;
    return assumptions.flatMap((code) => {
      const count = rows(code);
      return count > 0 ? [{ code, rows: count, ...(code === 'programme_language' ? { language: this.#language } : {}) }] : [];
    });
  }

  #count(bad: readonly PreparedRow[]): Findings['reasons'] {
    for (const { cell, code } of bad.flatMap(({ faults }) => faults)) {
      const key = `${code}\n${cell}`;
      const reason = this.#reasons.get(key);
      if (reason) reason.rows += 1;
      else this.#reasons.set(key, { cell, code, rows: 1 });
    }
    return [...this.#reasons.values()].sort((a, b) => b.rows - a.rows).slice(0, REASONS_SHOWN);
  }
}
