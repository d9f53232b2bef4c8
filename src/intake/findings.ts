import type { Language } from '../beneficiaries/index.ts';
import type { PreparedRow, SortedRows } from './prepare.ts';
import { tooManyDuplicates } from './rules.ts';
import type { DuplicateRow, Findings, KnownHouseholdRow } from './types.ts';

/** More than anybody corrects in one go. */
const REASONS_SHOWN = 200;
const DUPLICATES_SHOWN = 100;
const HOUSEHOLDS_SHOWN = 100;
const KNOWN_SHOWN = 100;

export const noFindings: Findings = {
  checkedRows: 0,
  acceptableRows: 0,
  refusedRows: 0,
  knownRows: 0,
  knownDifferently: { count: 0, first: [] },
  reasons: [],
  duplicates: { withinFile: 0, withOthers: 0, first: [] },
  knownHouseholds: { count: 0, first: [] },
  notes: [],
  tooManyDuplicates: false,
  cost: { people: 0, households: 0, decisions: 0 },
};

/** Adds up what a dry run finds, batch by batch. */
export class FindingsSoFar {
  readonly #limit: string;
  readonly #language: Language;
  readonly #reasons = new Map<string, { cell: string; code: string; rows: number }>();
  #findings = noFindings;

  /** @param duplicateLimit share of duplicates above which the file stops, as decimal text @param language of whom no other is known */
  constructor({ duplicateLimit, language }: { readonly duplicateLimit: string; readonly language: Language }) {
    this.#limit = duplicateLimit;
    this.#language = language;
  }

  /** @param duplicates those of the good rows that may be somebody else @param households how many new ones the good rows name */
  add(
    { good, bad, known, knownDifferently, begunElsewhere }: SortedRows & { readonly begunElsewhere: readonly KnownHouseholdRow[] },
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
    // As the run does it: after each batch, and once is enough.
    const isOver = tooManyDuplicates(decisions, checkedRows, this.#limit);
    const overLimit = before.overLimit ?? (isOver ? { duplicates: decisions, rows: checkedRows } : undefined);
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
      notes: this.#noted(good),
      tooManyDuplicates: overLimit !== undefined,
      ...(overLimit ? { overLimit } : {}),
      cost: { people, households: before.cost.households + households, decisions },
    };
    return this.#findings;
  }

  #noted(good: readonly PreparedRow[]): Findings['notes'] {
    const rows = (code: Findings['notes'][number]['code']): number =>
      (this.#findings.notes.find((note) => note.code === code)?.rows ?? 0) + good.filter(({ assumed }) => assumed.includes(code)).length;
    const [households, languages] = [rows('own_household'), rows('programme_language')];
    return [
      ...(households > 0 ? [{ code: 'own_household' as const, rows: households }] : []),
      ...(languages > 0 ? [{ code: 'programme_language' as const, rows: languages, language: this.#language }] : []),
    ];
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
