export { buildList } from './build-list.ts';
export { closeList } from './close-list.ts';
export { drawNextBatch } from './draw-next.ts';
export { holdLines, putBackLines } from './hold-lines.ts';
export { releaseList, settleNextBatch } from './release-list.ts';
export { submitList } from './submit-list.ts';
