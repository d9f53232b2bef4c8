import { command, problem } from '../platform/index.ts';
import { isTimeZone } from '../programmes/index.ts';
import { readOfficeFile } from './rules.ts';
import { allWilayas, findOffice, type Geography, insertGeography, insertOffices, updateOffice } from './store.ts';
import type { Office, RefusedRow } from './types.ts';
import { say } from './words.ts';

/** Loads wilayas and communes; those that are known stay as they are. @returns how many rows were new */
export const loadGeography = command<Geography, { added: number }>({
  name: 'offices.load_geography',
  scope: () => ({}),
  async run({ tx }, geography) {
    const result = { added: await insertGeography(tx, geography) };
    return { result, subject: { type: 'geography', id: 'DZ' }, after: result };
  },
});

export interface OfficeImport {
  readonly added: number;
  readonly known: number;
  readonly refused: RefusedRow[];
}

/**
 * Adds the offices of a CSV file: good rows go in, bad rows come back with reasons.
 * @throws unprocessable when the file cannot be read at all
 */
export const importOffices = command<{ csv: string }, OfficeImport>({
  name: 'offices.import_offices',
  scope: () => ({}),
  async run({ tx, actor, now }, { csv }) {
    const wilayas = new Set((await allWilayas(tx)).map(({ number }) => number));
    const { good, refused } = readOfficeFile(csv, wilayas);
    const offices = good.map((cells) => ({
      code: cells.office_code,
      wilayaNumber: cells.wilaya_no,
      commune: cells.commune_fr,
      nameFr: cells.name_fr,
      nameAr: cells.name_ar,
    }));
    const added = await insertOffices(tx, offices, actor.id, now);
    const result = { added, known: good.length - added, refused };
    return { result, subject: { type: 'offices', id: 'import' }, after: result };
  },
});

type Change = { readonly [Name in 'isOpen' | 'hasCash' | 'timeZone' | 'requiresTill']?: Office[Name] | undefined };

/**
 * Opens or closes an office, says whether it has cash, by which clock it goes and whether its agents need a till.
 * @throws not_found; conflict when it has changed since it was read; unprocessable for a time zone that there is not
 */
export const changeOffice = command<{ id: string; version: number } & Change, { office: Office; version: number }>({
  name: 'offices.change_office',
  scope: (_db, { id }) => ({ office: id }),
  async run({ tx }, { id, version, ...change }) {
    const before = await findOffice(tx, id);
    if (!before) throw problem.not_found('There is no such record.');
    const office = { ...before.office, ...change } as Office;
    if (change.timeZone !== undefined && !isTimeZone(change.timeZone))
      throw problem.unprocessable(say('office_time_zone_unknown'), {}, [{ pointer: '/timeZone', detail: say('office_time_zone_like') }]);
    const now = await updateOffice(tx, id, version, office);
    if (!now) throw problem.conflict(say('office_changed'));
    return { result: { office, version: now }, subject: { type: 'office', id }, before: before.office, after: office };
  },
});
