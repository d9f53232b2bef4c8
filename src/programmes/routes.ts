import { type Ground, type Routes, Versioned, versionIn } from '../platform/index.ts';
import { changeProgramme, createProgramme } from './commands.ts';
import { listProgrammes, readProgramme } from './queries.ts';
import { oneSignature } from './rules.ts';

export const programmeRoutes = ({
  db,
  execute,
}: Ground): Routes<'createProgramme' | 'listProgrammes' | 'getProgramme' | 'changeProgramme'> => ({
  createProgramme: async ({ body, ...call }) => {
    const { codeValidityDays = 60, holdThreshold = '0.8', duplicateLimit = '0.2', selfRegistrationOpen = false } = body;
    const { approvalRules = [...oneSignature] } = body;
    const input = { ...body, codeValidityDays, holdThreshold, duplicateLimit, selfRegistrationOpen, approvalRules };
    return new Versioned(await execute(createProgramme, input, call), 1);
  },
  listProgrammes: ({ actor, query }) => listProgrammes(db, actor, query),
  getProgramme: async ({ actor, params }) => {
    const { programme, version } = await readProgramme(db, actor, params.programmeId);
    return new Versioned(programme, version);
  },
  changeProgramme: async ({ params, body, ifMatch, ...call }) => {
    const { programme, version } = await execute(
      changeProgramme,
      { id: params.programmeId, version: versionIn(ifMatch), change: body },
      call,
    );
    return new Versioned(programme, version);
  },
});
