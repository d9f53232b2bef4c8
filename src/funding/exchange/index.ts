export { convertCash } from './convert-cash.ts';
export { listConversions, listRates } from './queries.ts';
export { recordRate } from './record-rate.ts';
export { valueAt } from './rules.ts';
export { findConversion, lockForeignCash, rateOn } from './store.ts';
