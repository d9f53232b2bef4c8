export { changeProgramme, createProgramme } from './commands.ts';
export { openProgramme, programmeById } from './queries.ts';
export { programmeRoutes } from './routes.ts';
export type { ApprovalRule, Programme } from './types.ts';
