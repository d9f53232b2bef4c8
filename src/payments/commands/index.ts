export { approveList } from './approve-list.ts';
export { buildList } from './build-list.ts';
export { cancelList } from './cancel-list.ts';
export { rejectList } from './reject-list.ts';
export { releaseList } from './release-list.ts';
export { submitList } from './submit-list.ts';
