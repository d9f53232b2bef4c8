export { withShownDetails } from './shown.ts';
export { lockOverlap, verdict, verdictBut } from './store.ts';
export type { Detail, ShownDetail } from './types.ts';
