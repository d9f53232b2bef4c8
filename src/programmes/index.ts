export { changeProgramme, createProgramme } from './commands.ts';
export { openProgramme, programmeAt, programmeById, programmesKnownTo } from './queries.ts';
export { programmeRoutes } from './routes.ts';
export { isTimeZone } from './rules.ts';
export { demandsStatedPurpose } from './store.ts';
export { approvalRulesFor, faultsOfPayment, purposeKey, purposeRule } from './terms.ts';
export {
  type ApprovalRule,
  type Kind,
  kinds,
  type Limit,
  type MessageSettings,
  type Programme,
  type PurposeRule,
  type Terms,
} from './types.ts';
