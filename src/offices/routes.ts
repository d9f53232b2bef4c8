import { type Ground, type Routes, Versioned, versionIn } from '../platform/index.ts';
import { changeOffice, importOffices } from './commands.ts';
import { listOffices, listWilayas, readOffice } from './queries.ts';

export const officeRoutes = ({
  db,
  execute,
}: Ground): Routes<'importOffices' | 'listOffices' | 'getOffice' | 'changeOffice' | 'listWilayas'> => ({
  importOffices: ({ body, ...call }) => execute(importOffices, { csv: body }, call),
  listOffices: ({ actor, query }) => listOffices(db, actor, query),
  getOffice: async ({ actor, params }) => {
    const { office, version } = await readOffice(db, actor, params.officeId);
    return new Versioned(office, version);
  },
  changeOffice: async ({ params, body, ifMatch, ...call }) => {
    const { office, version } = await execute(changeOffice, { id: params.officeId, version: versionIn(ifMatch), ...body }, call);
    return new Versioned(office, version);
  },
  listWilayas: ({ actor }) => listWilayas(db, actor),
});
