export { withShownDetails } from './shown.ts';
export { lockOverlap, verdict } from './store.ts';
export type { Detail, ShownDetail } from './types.ts';
