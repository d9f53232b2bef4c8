import { type Ground, type Routes, Versioned, versionIn } from '../platform/index.ts';
import { changeProgramme, createProgramme, type EndsOtherwise } from './commands.ts';
import { listProgrammes, readProgramme, readVersion, readVersions } from './queries.ts';

export const programmeRoutes = (
  { db, execute }: Ground,
  endsOtherwise: EndsOtherwise,
): Routes<'createProgramme' | 'listProgrammes' | 'getProgramme' | 'changeProgramme' | 'listProgrammeVersions' | 'getProgrammeVersion'> => ({
  createProgramme: async ({ body, ...call }) => new Versioned(await execute(createProgramme, body, call), 1),
  listProgrammes: ({ actor, query }) => listProgrammes(db, actor, query),
  getProgramme: async ({ actor, params }) => {
    const { programme, version } = await readProgramme(db, actor, params.programmeId);
    return new Versioned(programme, version);
  },
  changeProgramme: async ({ params, body: { reason, ...change }, ifMatch, ...call }) => {
    const input = { id: params.programmeId, version: versionIn(ifMatch), change, reason };
    const { programme, version } = await execute(changeProgramme(endsOtherwise), input, call);
    return new Versioned(programme, version);
  },
  listProgrammeVersions: ({ actor, params, query }) => readVersions(db, actor, params.programmeId, query),
  getProgrammeVersion: ({ actor, params }) => readVersion(db, actor, params.programmeId, params.version),
});
