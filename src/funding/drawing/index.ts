export { allocate } from './allocate.ts';
export { drawableIn, fundsToDraw } from './queries.ts';
export { carries } from './store.ts';
export { type Earmarks, type FundToDraw, type Group, groups } from './types.ts';
