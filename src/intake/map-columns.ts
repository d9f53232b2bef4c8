import { command, problem } from '../platform/index.ts';
import type { ColumnName } from './columns.ts';
import { existingFile, refuseEmptied, registrationFileScope } from './existing-file.ts';
import { type StoredFile, setMapping } from './file-store.ts';
import { type Mapping, mappingFaults } from './mapping.ts';
import { findMapping, saveMapping } from './mapping-store.ts';

export interface Decision {
  readonly fileId: string;
  readonly version: number;
  /** What each header means; null is left out. */
  readonly columns?: readonly { readonly header: string; readonly column: ColumnName | null }[] | undefined;
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
    if (version !== decision.version) throw problem.conflict('Somebody changed the file meanwhile. Read it again.');
    if (!['received', 'checking', 'checked'].includes(file.state))
      throw problem.conflict('The rows of the file are being entered already.');
    const mapping = await decided(decision, (name) => findMapping(tx, file.programmeId, name), header);
    const faults = mappingFaults(header, mapping);
    if (faults.length > 0) throw problem.unprocessable('Decide on every column first.', {}, faults);
    if (decision.saveAs !== undefined) await saveMapping(tx, file.programmeId, decision.saveAs, mapping, actor.id, now);
    const after = await setMapping(tx, file.id, mapping);
    const states = [before, after].map(({ mapping: columns }) => columns && Object.fromEntries(columns));
    return { result: after, subject: { type: 'registration_file', id: file.id }, before: states[0], after: states[1] };
  },
});

async function decided(
  { columns, saved }: Decision,
  find: (name: string) => Promise<Mapping | undefined>,
  header: readonly string[],
): Promise<Mapping> {
  if ((columns === undefined) === (saved === undefined)) {
    throw problem.unprocessable('Send either "columns" or the name of a saved mapping, not both.');
  }
  const whole = saved === undefined ? new Map((columns ?? []).map(({ header: cell, column }) => [cell, column])) : await find(saved);
  if (!whole) throw problem.not_found('The programme has no mapping of this name.');
  const strange = saved === undefined ? [...whole.keys()].filter((cell) => !header.includes(cell)) : [];
  if (strange.length > 0) {
    const places = strange.map((cell) => ({ cell, detail: 'The file has no such column.' }));
    throw problem.unprocessable('Name the columns as the file spells them.', {}, places);
  }
  return new Map(header.flatMap((cell) => (whole.has(cell) ? [[cell, whole.get(cell) ?? null] as const] : [])));
}
