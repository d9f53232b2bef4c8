import { type Ground, type Language, type Routes, shownPlaces, Versioned, versionIn } from '../platform/index.ts';
import { changeOffice, importOffices } from './commands.ts';
import { endSpecialDay, importHours, setHours, setSpecialDay } from './hours-commands.ts';
import { setLimits } from './limits-commands.ts';
import { listOffices, listWilayas, readHours, readLimits, readOffice } from './queries.ts';
import type { RefusedRow } from './types.ts';

type Operation =
  | 'importOffices'
  | 'listOffices'
  | 'getOffice'
  | 'changeOffice'
  | 'getOfficeHours'
  | 'setOfficeHours'
  | 'setSpecialDay'
  | 'endSpecialDay'
  | 'importOfficeHours'
  | 'getOfficeLimits'
  | 'setOfficeLimits'
  | 'listWilayas';

/** What became of a file, in the language of who asks. */
const said = <Import extends { readonly refused: readonly RefusedRow[] }>(imported: Import, language: Language) => ({
  ...imported,
  refused: shownPlaces(imported.refused, language),
});

export const officeRoutes = ({ db, execute, clock }: Ground): Routes<Operation> => ({
  importOffices: async ({ body, ...call }) => said(await execute(importOffices, { csv: body }, call), call.language),
  listOffices: ({ actor, query }) => listOffices(db, actor, query),
  getOffice: async ({ actor, params }) => {
    const { office, version } = await readOffice(db, actor, params.officeId);
    return new Versioned(office, version);
  },
  changeOffice: async ({ params, body, ifMatch, ...call }) => {
    const { office, version } = await execute(changeOffice, { id: params.officeId, version: versionIn(ifMatch), ...body }, call);
    return new Versioned(office, version);
  },
  getOfficeHours: async ({ actor, params }) => {
    const { hours, version } = await readHours(db, actor, params.officeId, clock.now());
    return new Versioned(hours, version);
  },
  setOfficeHours: async ({ params, body, ifMatch, ...call }) => {
    const { value, version } = await execute(setHours, { id: params.officeId, version: versionIn(ifMatch), ...body }, call);
    return new Versioned(value, version);
  },
  setSpecialDay: async ({ params, body, ifMatch, ...call }) => {
    const { opens = null, closes = null, note } = body;
    const day = { id: params.officeId, version: versionIn(ifMatch), day: params.day, opens, closes, note };
    const { value, version } = await execute(setSpecialDay, day, call);
    return new Versioned(value, version);
  },
  endSpecialDay: async ({ params, ifMatch, ...call }) => {
    const { value, version } = await execute(endSpecialDay, { id: params.officeId, version: versionIn(ifMatch), day: params.day }, call);
    return new Versioned(value, version);
  },
  importOfficeHours: async ({ body, ...call }) => said(await execute(importHours, { csv: body }, call), call.language),
  getOfficeLimits: async ({ actor, params }) => {
    const { limits, version } = await readLimits(db, actor, params.officeId);
    return new Versioned({ limits }, version);
  },
  setOfficeLimits: async ({ params, body, ifMatch, ...call }) => {
    const limits = body.limits.map(({ currency, perDay = null, perPayout = null }) => ({ currency, perDay, perPayout }));
    const { value, version } = await execute(setLimits, { id: params.officeId, version: versionIn(ifMatch), limits }, call);
    return new Versioned({ limits: value }, version);
  },
  listWilayas: ({ actor }) => listWilayas(db, actor),
});
