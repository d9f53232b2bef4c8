export { codeOf, isCodeOf, readCode, showCode } from './code.ts';
export { issueVouchers } from './commands.ts';
export { voucherJobs } from './jobs.ts';
export { voucherRoutes } from './routes.ts';
export { ATTEMPTS_ALLOWED, type VoucherState } from './rules.ts';
export { isSerial } from './serial.ts';
export { activate as activateVouchers, scopeOfList } from './store.ts';
export type { IssueContext, IssuedLine, IssuedList } from './types.ts';
