export * from './columns.ts';
export { checkKeys } from './known-keys.ts';
export { type Progress, type Rotating, rotateKeys } from './reseal.ts';
export * from './sealed-columns.ts';
export * from './status.ts';
