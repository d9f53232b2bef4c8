import type { DateOrder } from '../matching/index.ts';
import { command, problem } from '../platform/index.ts';
import { type ColumnName, dateColumns } from './columns.ts';
import { existingFile, refuseEmptied, registrationFileScope } from './existing-file.ts';
import { type StoredFile, setMapping } from './file-store.ts';
import { datesToSave, mappingFaults, saidOfDates } from './mapping.ts';
import { findMapping, type Meaning, saveMapping } from './mapping-store.ts';
import { say } from './words.ts';

interface HeaderMeaning {
  readonly header: string;
  readonly column: ColumnName | null;
  readonly dateOrder?: DateOrder | undefined;
}

export interface Decision {
  readonly fileId: string;
  readonly version: number;
  /** What each header means, null being left out, and whether its dates put the day or the month first where they do not show it. */
  readonly columns?: readonly HeaderMeaning[] | undefined;
  /** Instead of them, the name of a mapping that was saved. */
  readonly saved?: string | undefined;
  /** Under which name to save it. */
  readonly saveAs?: string | undefined;
}

/**
 * Decides what the columns of a file mean. What a dry run has found before does not count any more.
 * @throws conflict when the file has changed or is being run; unprocessable naming what is still undecided
 */
export const mapColumns = command<Decision, StoredFile>({
  name: 'intake.map_columns',
  scope: (db, { fileId }) => registrationFileScope(db, fileId),
  async run({ tx, actor, now }, decision) {
    const before = await existingFile(tx, decision.fileId);
    refuseEmptied(before);
    const { file, header, version } = before;
    if (version !== decision.version) throw problem.conflict(say('file_changed'));
    if (!['received', 'checking', 'checked'].includes(file.state)) throw problem.conflict(say('file_being_entered'));
    const meaning = await decided(decision, (name) => findMapping(tx, file.programmeId, name), before);
    const { mapping, dateOrders } = meaning;
    const faults = [...mappingFaults(header, mapping), ...dateFaults(meaning)];
    if (faults.length > 0) throw problem.unprocessable(say('columns_undecided'), {}, faults);
    if (decision.saveAs !== undefined) {
      const saved = { mapping, dateOrders: datesToSave(file.columns, mapping, dateOrders) };
      await saveMapping(tx, file.programmeId, decision.saveAs, saved, actor.id, now);
    }
    const after = await setMapping(tx, file.id, meaning);
    const states = [before, after].map((state) => ({
      columns: state.mapping && Object.fromEntries(state.mapping),
      dateOrders: Object.fromEntries(state.dateOrders),
    }));
    return { result: after, subject: { type: 'registration_file', id: file.id }, before: states[0], after: states[1] };
  },
});

const dateFaults = ({ mapping, dateOrders }: Meaning) =>
  [...dateOrders.keys()]
    .filter((header) => !dateColumns.has(mapping.get(header) ?? null))
    .map((cell) => ({ cell, detail: say('column_without_dates') }));

async function decided(
  { columns, saved: name }: Decision,
  find: (name: string) => Promise<Meaning | undefined>,
  { header, file }: StoredFile,
): Promise<Meaning> {
  if ((columns === undefined) === (name === undefined)) {
    throw problem.unprocessable(say('columns_or_mapping'));
  }
  if (name !== undefined) {
    const saved = await find(name);
    if (!saved) throw problem.not_found(say('mapping_unknown'));
    return within(header, { mapping: saved.mapping, dateOrders: saidOfDates(file.columns, saved.dateOrders) });
  }
  const meanings = columns ?? [];
  const places = meanings
    .filter((meaning) => !header.includes(meaning.header))
    .map((meaning) => ({ cell: meaning.header, detail: say('column_strange') }));
  if (places.length > 0) throw problem.unprocessable(say('columns_strange'), {}, places);
  return within(header, {
    mapping: new Map(meanings.map((meaning) => [meaning.header, meaning.column])),
    dateOrders: new Map(meanings.flatMap((meaning) => (meaning.dateOrder ? [[meaning.header, meaning.dateOrder]] : []))),
  });
}

/** What a mapping says of the columns that a file has, in their order. */
const within = (header: readonly string[], { mapping, dateOrders }: Meaning): Meaning => ({
  mapping: new Map(header.flatMap((cell) => (mapping.has(cell) ? [[cell, mapping.get(cell) ?? null] as const] : []))),
  dateOrders: new Map([...dateOrders].filter(([cell]) => header.includes(cell))),
});
